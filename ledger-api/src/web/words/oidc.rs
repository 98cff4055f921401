//! What logging in with the district's identity provider says.

words! {
    log_in: "用统一身份认证登录", "Log in with the district's identity provider";
    away: "统一身份认证暂时连不上。请用密码登录，或稍后再试。", "The identity provider cannot be reached now. Log in with a password, or try again later.";
    not_begun: "这次登录不是在这个浏览器里开始的，或者等得太久。请回登录页重新开始。", "This login was not begun in this browser, or it took too long. Begin again at the login page.";
    declined: "统一身份认证没有放行，或者中途取消了。请重试，或用密码登录。", "The identity provider did not let you through, or you turned back. Try again, or log in with a password.";
    invalid: "统一身份认证的答复核对不上，没有登录。请重试；还是不行，请告诉管理员。", "The identity provider's answer could not be confirmed, so nobody was logged in. Try again, and tell the administrator if it stays so.";
    unlinked: "统一身份认证认得您，但您在这里还没有可用的账号。请把下面两行告诉管理员，由管理员关联账号；在那之前，有密码的可以用密码登录。", "The identity provider knows you, but there is no account here for you to use yet. Tell the administrator the two lines below to have one linked; until then log in with a password, if you have one.";
    subject: "您的身份标识", "How it knows you (subject)";
    issuer: "认证方", "Identity provider (issuer)";
    to_login: "回登录页", "To the login page";
}
