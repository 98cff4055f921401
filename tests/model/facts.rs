//! The real ledger's events as plain texts, to be compared with those the reference model expects. Every field of an
//! event that says what happened is in its text.

use ledger_core::domain::account::AccountEvent;
use ledger_core::domain::card::CardEvent;
use ledger_core::domain::directory::DirectoryEvent;
use ledger_core::domain::event::Event;
use ledger_core::domain::merchant::event::MerchantEvent;
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::event::ProgrammeEvent;
use ledger_core::domain::schedule::Activity;
use ledger_core::domain::store::event::{StockLine, StoreEvent};
use ledger_core::domain::time::{BusinessTime, Validity};
use ledger_core::domain::worker::event::{
    CreditJudged, HoldEnded, LotPart, RedeemedLine, ServiceRecorded, WorkerEvent,
};

/// One event as a sentence.
pub(crate) fn fact(event: &Event) -> String {
    match event {
        Event::Programme(event) => programme(event),
        Event::Worker(event) => format!("{} {}", time(event.at()), worker(event)),
        Event::Merchant(event) => format!("{} {}", time(event.at()), merchant(event)),
        Event::Store(event) => format!("{} {}", time(event.at()), store(event)),
        Event::Mark(event) => format!("mark {} of {}", event.marked().mark, event.marked().credit),
        Event::Request(_)
        | Event::Pair(_)
        | Event::Fund(_)
        | Event::Benefit(_)
        | Event::Certificate(_)
        | Event::Pass(_)
        | Event::Offer(_)
        | Event::Selection(_) => event.event_type().to_owned(),
        Event::Sites(event) => format!("{} site {} {}", time(event.at()), event.site(), event.event_type()),
        Event::Card(CardEvent::CardNumberAssigned(event)) => {
            format!("card number {} to {}", event.card_no, event.worker)
        }
        Event::Account(event) => format!("{} {}", time(event.at()), account(event)),
        Event::Directory(event) => format!("{} {}", time(event.at()), directory(event)),
    }
}

/// Civil time without its offset, which is the same for all.
fn time(at: BusinessTime) -> String {
    at.to_string().replace('T', " ").trim_end_matches("+08:00").to_owned()
}

fn account(event: &AccountEvent) -> String {
    match event {
        AccountEvent::AccountOpened(event) => format!("account {} opened for {:?}", event.account, event.worker),
        AccountEvent::RoleGranted(event) => format!(
            "{} granted {} at {:?} from {} through {:?} by {} as {}, {}",
            event.account,
            event.role,
            event.scope,
            event.from,
            event.until,
            event.by,
            event.grant,
            event.status.as_str()
        ),
        AccountEvent::GrantConfirmed(event) => format!("{}: {} confirmed by {}", event.account, event.grant, event.by),
        AccountEvent::GrantEnded(event) => {
            format!("{}: {} ended on {} by {}, {}", event.account, event.grant, event.on, event.by, event.reason)
        }
    }
}

fn directory(event: &DirectoryEvent) -> String {
    match event {
        DirectoryEvent::AdministratorListed(event) => format!(
            "{} ({:?}) administers by {} from {} through {:?}",
            event.account, event.worker, event.grant, event.from, event.until
        ),
        DirectoryEvent::AdministratorDelisted(event) => {
            format!("{} administers by {} no longer on {}", event.account, event.grant, event.on)
        }
    }
}

fn programme(event: &ProgrammeEvent) -> String {
    match event {
        ProgrammeEvent::JournalOpened(_) => "journal opened".to_owned(),
        ProgrammeEvent::ProgrammeConfigured(event) => format!(
            "settings: checks {}, publicity {}, working days {}, step {}",
            event.checks(),
            event.publicity_days,
            event.working_days,
            event.points_step.hundredths()
        ),
        ProgrammeEvent::AppraisalSealed(event) => format!("{} sealed {}", event.branch, event.year),
        ProgrammeEvent::ScheduleAdopted(event) => {
            let lines: Vec<String> = event.activities.iter().map(activity).collect();
            format!("schedule {} from {}: {}", event.version, event.effective_from, lines.join(" "))
        }
    }
}

fn activity(line: &Activity) -> String {
    let lasting = match line.validity {
        Validity::Months(months) => format!("Months({months})"),
        Validity::YearEnd => "YearEnd".to_owned(),
        Validity::Forever => "Forever".to_owned(),
    };
    let cap = line.daily_cap.map(Points::hundredths);
    let rate = line.points_per_unit.hundredths();
    format!("{}/{}/{rate}/{cap:?}/{lasting}/{}", line.code, line.category, line.counts_for_card)
}

fn parts(parts: &[LotPart]) -> String {
    let parts: Vec<String> =
        parts.iter().map(|LotPart(lot, points)| format!("{lot}:{}", points.hundredths())).collect();
    format!("[{}]", parts.join(" "))
}

fn basket(lines: &[RedeemedLine]) -> String {
    let line = |line: &RedeemedLine| {
        let merchant = line.merchant.as_ref().map(ToString::to_string);
        format!("{}×{}@{}/{merchant:?}", line.sku, line.quantity, line.price.hundredths())
    };
    format!("[{}]", lines.iter().map(line).collect::<Vec<_>>().join(" "))
}

fn units(lines: &[StockLine]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| format!("{}×{}", line.sku, line.quantity)).collect();
    format!("[{}]", lines.join(" "))
}

fn service(word: &str, event: &ServiceRecorded) -> String {
    format!(
        "{word} credit {} of {}: {} for {} × {} on {} to {:?}, lot {}, uncapped {:?}, debt {}, schedule {}, {}, card {}, proposed {} by {}, entered {:?}, checks {:?}, public until {:?}, flags {:?}",
        event.credit,
        event.worker,
        event.points.hundredths(),
        event.activity,
        event.quantity.millionths(),
        event.on,
        event.last_day,
        event.lot,
        event.uncapped.map(Points::hundredths),
        event.debt_paid.hundredths(),
        event.schedule,
        event.category,
        event.card,
        event.proposed,
        event.proposer,
        event.entered_on,
        event.checks,
        event.public_until,
        event.flags,
    )
}

fn worker(event: &WorkerEvent) -> String {
    let who = event.worker();
    match event {
        WorkerEvent::WorkerRegistered(event) => {
            format!("worker {who} registered: {}, member {:?}", event.occupation, event.party_member)
        }
        WorkerEvent::WorkerUpdated(event) => {
            format!("worker {who} updated: {}, member {:?}", event.occupation, event.party_member)
        }
        WorkerEvent::WorkerDeparted(_) => format!("worker {who} departed"),
        WorkerEvent::WorkerErasureAsked(_) => format!("worker {who} asked to be forgotten"),
        WorkerEvent::WorkerErased(_) => format!("worker {who} forgotten"),
        WorkerEvent::WorkerMerged(event) => {
            format!("{who} merged into {}: {} owing {}", event.into, parts(&event.lots), event.debt.hundredths())
        }
        WorkerEvent::WorkerAbsorbed(event) => {
            let (points, debt) = (event.points.hundredths(), event.debt.hundredths());
            format!("{who} took over {points} owing {debt} from {}", event.absorbed)
        }
        WorkerEvent::CardIssued(event) => format!("card {} of {who} issued in {}", event.card_no, event.branch),
        WorkerEvent::CardMoved(event) => {
            format!("card {} of {who} moved from {} to {}", event.card_no, event.from, event.branch)
        }
        WorkerEvent::CardClosed(event) => format!("card {} of {who} closed", event.card_no),
        WorkerEvent::VolunteerServiceRecorded(event) => service("volunteer", event),
        WorkerEvent::CivicCreationRecorded(event) => service("civic", event),
        WorkerEvent::CommunityServiceRecorded(event) => service("community", event),
        WorkerEvent::CreditChecked(event) => judged("checked", event),
        WorkerEvent::CreditPublicised(event) => format!(
            "credit {} of {who} public until {} by {}: lot {}, {}",
            event.credit,
            event.public_until,
            event.by,
            event.lot,
            event.points.hundredths()
        ),
        WorkerEvent::CreditConfirmed(event) => judged("confirmed", event),
        WorkerEvent::CreditRejected(event) => judged("rejected", event),
        WorkerEvent::CreditObjected(event) => {
            format!("{}, left {:?}, anonymous {}", judged("objected to", event), event.days_left, event.anonymous)
        }
        WorkerEvent::CreditAppealed(event) => {
            format!("{}, left {:?}, objection {:?}", judged("appealed", event), event.days_left, event.objection)
        }
        WorkerEvent::ObjectionResolved(event) => {
            let verdict = if event.upheld { "upheld" } else { "dismissed" };
            format!(
                "objection to {} of {who} {verdict} by {}: lot {}, public until {:?}, appeal until {:?}",
                event.credit, event.by, event.lot, event.public_until, event.appeal_until
            )
        }
        WorkerEvent::CreditReversed(event) => format!(
            "credit {} of {who} reversed by {}: lot {}, {}, debt {}, expired {}",
            event.credit,
            event.by,
            event.lot,
            event.points.hundredths(),
            event.debt.hundredths(),
            event.from_expired.hundredths()
        ),
        WorkerEvent::PointsExpired(event) => {
            format!("{who} expired {}: {}", event.points.hundredths(), parts(&event.lots))
        }
        WorkerEvent::ExpiryReversed(event) => {
            format!("{who} unexpired {}: {}", event.points.hundredths(), parts(&event.lots))
        }
        _ => spending(event),
    }
}

fn judged(word: &str, event: &CreditJudged) -> String {
    format!(
        "credit {} of {} {word} by {}: lot {}, {}, debt {}",
        event.credit,
        event.worker,
        event.by,
        event.lot,
        event.points.hundredths(),
        event.debt_paid.hundredths()
    )
}

fn spending(event: &WorkerEvent) -> String {
    let who = event.worker();
    match event {
        WorkerEvent::Redeemed(event) => format!(
            "{who} redeemed {} at {}: {} from {} for {}, balance {}",
            event.redemption,
            event.store,
            event.points.hundredths(),
            parts(&event.lots),
            basket(&event.lines),
            event.balance.hundredths()
        ),
        WorkerEvent::RedemptionReversed(event) => format!(
            "{who} got back {} at {}: {} to {} for {}, debt {}, made {}, balance {}",
            event.redemption,
            event.store,
            event.points.hundredths(),
            parts(&event.lots),
            basket(&event.lines),
            event.debt_paid.hundredths(),
            time(event.redeemed_at),
            event.balance.hundredths()
        ),
        WorkerEvent::PointsHeld(event) => format!(
            "{who} held {} at {} until {}: {} from {} for {}, balance {}",
            event.hold,
            event.store,
            time(event.expires_at),
            event.points.hundredths(),
            parts(&event.lots),
            basket(&event.lines),
            event.balance.hundredths()
        ),
        WorkerEvent::HoldCaptured(event) => format!(
            "{who} captured {} as {} at {}: {} from {} for {}, held {}, balance {}",
            event.hold,
            event.redemption,
            event.store,
            event.points.hundredths(),
            parts(&event.lots),
            basket(&event.lines),
            time(event.held_at),
            event.balance.hundredths()
        ),
        WorkerEvent::HoldReleased(event) => hold_ended("released", event),
        WorkerEvent::HoldExpired(event) => hold_ended("let run out", event),
        other => unreachable!("{} is no spending", other.event_type()),
    }
}

fn hold_ended(word: &str, event: &HoldEnded) -> String {
    format!(
        "{} {word} {} at {}: {} to {} for {}, debt {}, held {}",
        event.worker,
        event.hold,
        event.store,
        event.points.hundredths(),
        parts(&event.lots),
        basket(&event.lines),
        event.debt_paid.hundredths(),
        time(event.held_at)
    )
}

fn merchant(event: &MerchantEvent) -> String {
    let who = event.merchant();
    match event {
        MerchantEvent::MerchantRegistered(event) => format!("merchant {who} registered: {}", event.name),
        MerchantEvent::MerchantUpdated(event) => format!("merchant {who} updated: {}", event.name),
        MerchantEvent::VoucherHonoured(event) => {
            format!("{who} honoured {} for {} at {}", event.points.hundredths(), event.redemption, event.store)
        }
        MerchantEvent::HonourReversed(event) => {
            let points = event.points.hundredths();
            let claimed_in = event.claimed_in.map(|month| month.to_string());
            let (month, redemption) = (event.month, &event.redemption);
            format!("{who} gave up {points} of {month}, claimed in {claimed_in:?}, for {redemption} at {}", event.store)
        }
        MerchantEvent::MoneyClaimed(event) => format!("{who} claims {} yuan for {}", event.amount, event.source),
        MerchantEvent::MoneyTakenBack(event) => {
            format!("{who} gave up {} yuan for {} in {}", event.amount, event.source, event.month)
        }
        MerchantEvent::SettlementPaid(event) => {
            format!("{who} was paid {} for {}", event.points.hundredths(), event.month)
        }
        MerchantEvent::StatementPrepared(event) => format!("{who} statement of {} prepared", event.month),
        MerchantEvent::StatementDisputed(event) => format!("{who} disputes {} of {}", event.line, event.month),
        MerchantEvent::StatementAcknowledged(event) => format!("{who} found the statement of {} right", event.month),
        MerchantEvent::StatementDisputeAnswered(event) => format!("{who} dispute {} answered", event.dispute),
        MerchantEvent::StatementConfirmed(event) => format!("{who} statement of {} confirmed", event.month),
    }
}

fn store(event: &StoreEvent) -> String {
    let place = event.store();
    match event {
        StoreEvent::StoreOpened(event) => format!("store {place} opened: {}", event.name),
        StoreEvent::StoreUpdated(event) => format!("store {place} updated: {}", event.name),
        StoreEvent::StoreClosed(_) => format!("store {place} closed"),
        StoreEvent::StoreReopened(_) => format!("store {place} reopened"),
        StoreEvent::ItemListed(event) => {
            let (price, merchant) = (event.price.hundredths(), event.merchant.as_ref().map(ToString::to_string));
            format!("{place}/{} listed at {price}, limit {:?}, of {merchant:?}", event.sku, event.limit_per_worker_year)
        }
        StoreEvent::ItemDelisted(event) => format!("{place}/{} delisted", event.sku),
        StoreEvent::StockReceived(event) => {
            let merchant = event.merchant.as_ref().map(ToString::to_string);
            format!("{place}/{} received {} of {merchant:?}", event.sku, event.quantity)
        }
        StoreEvent::StockIssued(event) => {
            let hold = event.hold.as_ref().map(ToString::to_string);
            format!("{place} issued {} for {}, hold {hold:?}", units(&event.lines), event.redemption)
        }
        StoreEvent::StockReturned(event) => {
            format!("{place} took back {} of {}", units(&event.lines), event.redemption)
        }
        StoreEvent::StockReserved(event) => format!("{place} reserved {} for {}", units(&event.lines), event.hold),
        StoreEvent::StockUnreserved(event) => format!("{place} unreserved {} of {}", units(&event.lines), event.hold),
        StoreEvent::StockCounted(event) => {
            let (found, missing) = (event.found, event.missing);
            format!("{place}/{} counted {}, found {found}, missing {missing}", event.sku, event.counted)
        }
        StoreEvent::DeviceEnrolled(event) => format!("{place} captures by {}", event.device),
        StoreEvent::DeliveryRefused(event) => {
            format!("{place} case {} of {:?}: {}", event.redemption, event.means, event.code)
        }
        StoreEvent::CaseSettled(event) => format!("{place} case {} settled", event.redemption),
        StoreEvent::StockWrittenOff(event) => format!("{place}/{} wrote off {}", event.sku, event.quantity),
    }
}
