//! What `/admin/accounts` and `/password` say.

words! {
    title: "账号与授权", "Accounts and grants";
    none: "还没有账号。", "No accounts yet.";
    find: "按代号查找", "Find by its id";
    more: "下一页", "Next page";
    open: "开立账号", "Open an account";
    open_hint: "账号写进账本，永久保留：用岗位代号，不用姓名、电话和证件号。", "The account stands in the journal for ever: name the post, and no person, phone or identity number.";
    name: "姓名（可不填）", "Name (optional)";
    name_hint: "只存在保险库里，不进账本。", "Kept in the vault alone, not in the journal.";
    worker: "本人的编号（可不填）", "Worker id of this person (optional)";
    worker_hint: "骑手等人员填自己的编号；此人不能为自己记分、审核。", "Riders and others put their own id; nobody records or checks the own points.";
    opened: "账号已开立。接着授予角色，再给一个初始密码。", "The account is open. Grant a role, then give it a first password.";
    all: "全部账号", "All accounts";
    roles: "角色", "Roles";
    no_roles: "还没有角色，登录后什么也做不了。", "No role yet: nothing can be done by it.";
    role: "角色", "Role";
    scope: "范围", "Scope";
    scope_hint: "店员填网点编号，录入员和审核员填站点编号（不填为全区），支部书记填党支部，商户填商户编号；骑手、审计员、管理员不填。", "A clerk's store; an operator's or approver's site (blank: the district); a Party branch; a merchant's id; blank for riders, auditors and administrators.";
    from: "起始日（不填为今天）", "From (today if blank)";
    until: "截止日（不填为长期）", "Until (no end if blank)";
    grant: "授予角色", "Grant a role";
    granted: "已授予。", "Granted.";
    store_kind: "网点", "store";
    site_kind: "站点", "site";
    merchant_kind: "商户", "merchant";
    worker_kind: "人员", "worker";
    proposed: "已提出，等另一名管理员确认。", "Proposed: a second administrator confirms it.";
    waits: "待第二名管理员确认", "waits for a second administrator";
    holds: "有效", "holds";
    later: "未到起始日", "not yet";
    ended: "已终止", "ended";
    by: "授予人", "granted by";
    district: "全区", "the district";
    confirm: "确认授权", "Confirm the grant";
    confirmed: "授权已确认。", "The grant is confirmed.";
    end: "终止授权", "End the grant";
    end_done: "授权已终止，下一次操作起即失效。", "The grant is ended, from the next request on.";
    no_password: "没有密码，还不能登录。", "No password: it cannot log in yet.";
    own_password: "本人自设", "set by its owner";
    give: "给初始密码", "Give a first password";
    give_again: "重设密码", "Reset the password";
    give_hint: "由系统随机生成，只显示这一次，七天内有效；本人首次登录时必须改成自己的密码。已登录的会话随即退出。", "Made at random, shown once, good for a week; its owner must exchange it at the first login. Sessions end at once.";
    given: "初始密码（只显示这一次，请当面交给本人）", "The first password (shown once: hand it over in person)";
    machine_sets: "审核员和管理员的密码由服务器的保管人设置：nuanxin account password", "Passwords of approvers and administrators are set on the server: nuanxin account password";
    change: "修改密码", "Change the password";
    old: "现在的密码", "Present password";
    new: "新密码", "New password";
    again: "再输一遍新密码", "New password again";
    rule: "至少 8 个字符；长比怪好。", "8 characters or more; longer is better than stranger.";
    differ: "两次输入的新密码不一样，请重输。", "The two new passwords differ; type them again.";
    must_change: "这是管理员给的初始密码，请先改成自己的密码，改好后直接登录。", "An administrator gave this password. Choose one of your own; you are logged in then.";
    last_set: "上次设置", "Last set";
    too_easy: "新密码太容易猜：至少 8 个字符，不能是账号名或同一个字符，也不能和原来一样。", "The new password is too easily guessed: 8 characters or more, neither the account's name nor one character over and over, nor the one before.";
}

impl Words {
    /// What was named is not there.
    pub(in crate::web) fn none_such(&self, kind: &str, id: &str) -> String {
        if self.english {
            format!("There is no {kind} {id}: look the number up and try again.")
        } else {
            format!("没有{kind}“{id}”，请核对编号（区分大小写）后再办。")
        }
    }

    /// Fewer people can approve than the rules take.
    pub(in crate::web) fn too_few(&self, place: &str, have: usize, need: usize) -> String {
        if self.english {
            format!("{place}: {have} of the {need} people whom checks, an objection and an appeal take can approve.")
        } else {
            format!("{place}：审核、异议和申诉共需 {need} 名不同的审核员，现有 {have} 名。")
        }
    }

    /// More sites are like those that were named.
    pub(in crate::web) fn and_more(&self, sites: usize) -> String {
        if self.english {
            format!("The same at {sites} more sites; approvers of a higher site may stand in.")
        } else {
            format!("另有 {sites} 个站点也是如此；上级站点的审核员可以代为办理。")
        }
    }
}
