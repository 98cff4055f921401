//! What the slip for a word (评价单) says, on `/requests/slip` and at `/rate`.

use chrono::NaiveDate;

words! {
    slip: "评价单", "Rating slip";
    back: "回需求办理", "Back to the requests";
    code: "评价二维码", "QR code for the rating";
    how: "请用手机扫码，说说这次服务怎么样。不用登录，只能评一次。", "Scan it with a phone and say how the service was. No login; once only.";
    number: "单号", "Number";
    give: "评价单交给接受服务的人，不要交给办理人。", "Give the slip to whom the work was done for, not to whoever did it.";
    print: "打印评价单", "Print the slip";
    link: "评价页（可转发给接受服务的人）", "The page for the rating (may be passed on to whom it was done for)";
    title: "服务评价", "Rate a service";
    ask: "这次服务怎么样？", "How was it?";
    once: "只能评一次，评完不能改。", "Once only; it cannot be changed afterwards.";
    choose: "请在三项里选一项。", "Choose one of the three.";
    no_code: "请用手机扫评价单上的二维码。", "Scan the code on your rating slip.";
    unknown: "这个评价码不对，请再扫一次评价单上的二维码。还不行的，请联系给您评价单的站点。", "This is no code of a rating slip. Scan it once more; if that does not help, ask whoever gave you the slip.";
    over: "这次服务现在不用评价了。有疑问的，请联系给您评价单的站点。", "No rating is asked for any more. Ask whoever gave you the slip.";
    own: "这是您本人办理的，请接受服务的人来评。", "You did this yourself; whom it was done for rates it.";
    not_taken: "您的评价没有记上。请把评价单交给站点的工作人员，由他们登记。", "Your rating could not be recorded. Give the slip to the site's staff, who will enter it.";
}

impl Words {
    /// A word was taken just now.
    pub(in crate::web) fn thanks(&self, word: &str) -> String {
        if self.english {
            format!("Thank you. You said: {word}")
        } else {
            format!("谢谢，已记下您的评价：{word}")
        }
    }

    /// A word was said before, and stays.
    pub(in crate::web) fn before(&self, word: &str, on: NaiveDate) -> String {
        if self.english {
            format!("It was rated before, on {on}: {word}. Nothing is changed.")
        } else {
            format!("这次服务 {on} 已评价：{word}，不再改动")
        }
    }
}
