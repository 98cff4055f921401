//! How a no is shown: a page that says what is wrong and what helps, or the sentence for beside a form.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ledger_core::domain::refusal::{Code, Refusal};

use super::form::NO_REASON;
use super::login;
use super::page::{Frame, Trouble, Visitor, go, show_as};
use super::words::Words;
use crate::service::ServiceError;
use crate::title;

#[derive(Template)]
#[template(path = "layout/trouble.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    what: String,
}

/// A page that says what is wrong.
pub(super) fn show(visitor: &Visitor, trouble: &Trouble) -> Response {
    let w = visitor.words();
    if let Trouble::LogIn(path) = trouble {
        // A page of this site alone, which needs no escaping beyond these.
        let next = path.replace('%', "%25").replace('&', "%26").replace('#', "%23").replace('+', "%2B");
        return go(&format!("/login?next={next}"));
    }
    if let Trouble::SessionOver(unsent) = trouble {
        return login::ask_again(visitor, unsent).unwrap_or_else(|_| go("/login"));
    }
    let (status, title) = match trouble {
        Trouble::Service(ServiceError::Denied(_)) | Trouble::Forged => (StatusCode::FORBIDDEN, w.not_allowed),
        Trouble::NotFound => (StatusCode::NOT_FOUND, w.not_found),
        Trouble::Service(ServiceError::Unavailable(_)) => (StatusCode::SERVICE_UNAVAILABLE, w.unavailable),
        Trouble::Fault(_) | Trouble::Service(ServiceError::Fault(_)) => (StatusCode::INTERNAL_SERVER_ERROR, w.fault),
        Trouble::LogIn(_) | Trouble::SessionOver(_) | Trouble::Service(_) => {
            (StatusCode::UNPROCESSABLE_ENTITY, w.not_done)
        }
    };
    let page = Page { f: visitor.frame(title), what: sentence(w, visitor.english, trouble) };
    show_as(status, &page).unwrap_or_else(|_| (status, page.what).into_response())
}

/// What is wrong and what helps, in a sentence.
pub(super) fn sentence(w: &Words, english: bool, trouble: &Trouble) -> String {
    match trouble {
        Trouble::LogIn(_) | Trouble::SessionOver(_) => w.log_in_again.to_owned(),
        Trouble::Forged => w.forged.to_owned(),
        Trouble::NotFound => w.nothing_here.to_owned(),
        Trouble::Fault(cause) => {
            tracing::error!(%cause, "a fault of this program");
            w.fault_told.to_owned()
        }
        Trouble::Service(error) => said(w, english, error),
    }
}

/// What the house said.
pub(super) fn said(w: &Words, english: bool, error: &ServiceError) -> String {
    match error {
        ServiceError::Refused(Refusal { code, message }) if english => format!("{message} ({code})"),
        ServiceError::Refused(Refusal { code, .. }) => {
            let cure = cure(*code);
            if cure.is_empty() {
                format!("{}。", title::chinese(*code))
            } else {
                format!("{}。{cure}", title::chinese(*code))
            }
        }
        ServiceError::Unreadable(sentence) if english => sentence.clone(),
        ServiceError::Unreadable(sentence) if sentence == NO_REASON => w.no_reason.to_owned(),
        ServiceError::Unreadable(_) => w.unreadable.to_owned(),
        ServiceError::Unauthenticated(_) => w.log_in_again.to_owned(),
        ServiceError::Denied(_) => w.denied_told.to_owned(),
        ServiceError::Unknown => w.unknown_outcome.to_owned(),
        ServiceError::Committed(sentence) if english => sentence.clone(),
        ServiceError::Committed(_) => w.refusals.committed.to_owned(),
        ServiceError::Unavailable(cause) => {
            tracing::error!(%cause, "a page could not be answered");
            w.unavailable_told.to_owned()
        }
        ServiceError::Fault(cause) => {
            tracing::error!(%cause, "a fault of this program");
            w.fault_told.to_owned()
        }
    }
}

/// What the house said, in the words that a form has for what it was asked; as [`said`] where it has none.
pub(super) fn said_by(w: &Words, english: bool, error: &ServiceError, own: &[(Code, &str)]) -> String {
    if let ServiceError::Refused(refusal) = error
        && let Some((_, told)) = own.iter().find(|(code, _)| *code == refusal.code)
    {
        return (*told).to_owned();
    }
    said(w, english, error)
}

/// What helps, in Chinese; the English message of a refusal says it itself.
const fn cure(code: Code) -> &'static str {
    match code {
        Code::UnknownWorker => "请核对编号；新来的人员先由录入员登记。",
        Code::UnknownActivity => "请从积分标准里选一项活动。",
        Code::UnknownMerchant | Code::UnknownAccount => "请核对编号；没有的先登记。",
        Code::UnknownCredit | Code::UnknownRedemption | Code::NotFound => "请回到列表重新选。",
        Code::UnknownSite => "请核对站点编号；没有的先登记站点。",
        Code::UnknownRequest => "请核对单号；没有的先登记需求。",
        Code::UnknownPair => "请核对结对号；没有的先登记结对。",
        Code::UnknownBenefit | Code::UnknownOffer => "请核对编号；没有的先登记项目或优惠。",
        Code::UnknownPass => "请核对卡号；没有的先发卡。",
        Code::InvalidInput => "请按栏目下的提示改正后重填。",
        Code::InvalidAmount => "请核对金额，单位是元，最多两位小数。",
        Code::UnknownStore | Code::UnknownItem => "请核对网点和商品。",
        Code::InvalidDate => "请核对日期；不能晚于今天。",
        Code::InvalidQuantity => "请填大于 0 的数量。",
        Code::DailyCapReached => "这一天这项活动的积分已记满，可核对日期和活动。",
        Code::LimitPerWorker => "这件商品今年已兑到上限，可换一件。",
        Code::InsufficientPoints => "可减少数量或换一件。",
        Code::OutOfStock => "可减少数量、换一件，或先补货。",
        Code::SamePerson => "提出的人不能自己审核，也不能审核本人的积分；请另一人办理。",
        Code::AlreadyDecided | Code::AlreadyReversed => "请刷新页面看最新状态。",
        Code::HoldExpired => "请重新兑换。",
        Code::StoreClosed => "请到其他网点兑换。",
        Code::WorkerDeparted => "已退出的人员不再记分。",
        Code::SelfWitness => "证明人不能是本人。",
        Code::DuplicateConflict => "请回到页面重新填写。",
        Code::TooLarge => "请缩短内容或拆成几份。",
        Code::TooManyRequests => "请稍后再试。",
        Code::MonthlyCapReached | Code::YearlyCapReached => "这一期这项活动的积分已记满，可核对日期和活动。",
        Code::NotAPartyMember => "积分卡只发给党员，请核对政治面貌。",
        Code::CardExists => "先停用原来的卡，再发新卡。",
        Code::HoursOverlap | Code::HoursOverDay => "请核对服务的起止时间。",
        Code::WitnessOverload => "请换一位证明人。",
        Code::EvidenceReused => "请换一份没有用过的佐证。",
        Code::RecordedLate => "超过补录期限的，请由审核员办理。",
        Code::NewAccount => "新登记的人员请由另一人多核对一次。",
        Code::WitnessCircle => "两人不能互相证明，请换一位证明人。",
        Code::NotEligible => "请核对聘任或卡种是否在有效期。",
        Code::SiteClosed => "请换一个仍在启用的站点，或核对日期。",
        Code::MergedRequest => "请到并入的那一单办理。",
        Code::RequestTaken => "请另选一单认领。",
        Code::PairEnded => "请核对结对的起止日期。",
        Code::NotAPartner => "请由结对的两人填报和确认。",
        Code::OutsideWindow => "请核对起止日期，或等到下一期。",
        Code::AlreadyClaimed => "同一张证书只能用一次，请核对证书编号。",
        Code::VoucherExpired | Code::PassExpired | Code::OfferEnded => "请核对有效期。",
        Code::QuotaFull => "可以排队，等有人退出时依次递补。",
        Code::FundExhausted => "请与出资单位商定后再办。",
        Code::PassLost => "这张卡已挂失，请出示补发的新卡。",
        Code::Unauthenticated => "请重新登录。",
        Code::Forbidden => "请用有权办理的账号登录，或请管理员授权。",
        Code::JournalUnavailable => "请过一会儿再试；多次不成请告诉管理员。",
    }
}

#[cfg(test)]
mod tests {
    use super::said;
    use crate::service::ServiceError;
    use crate::web::words::{CHINESE, ENGLISH};

    #[test]
    fn what_took_effect_in_part_is_told_in_the_readers_language() {
        let error = ServiceError::Committed("the name could not be kept".to_owned());
        assert_eq!(said(&ENGLISH, true, &error), "the name could not be kept");
        let told = said(&CHINESE, false, &error);
        assert!(told.contains("已经办成") && !told.contains("name"), "{told}");
    }
}
