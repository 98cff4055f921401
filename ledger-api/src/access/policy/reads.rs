//! What is read, and who may read it. A new read does not compile before it stands here.

use super::kinds::{AUDITED, EVERYBODY, kinds};
use crate::access::Role::{Admin, Approver, Auditor, Branch, Clerk, Machine, Merchant, Operator, Worker};
use crate::access::policy::Reach::{District, Everywhere, Own};

kinds! {
    /// What is read.
    Read {
        /// The list of workers.
        Workers => &[(Operator, Own), (Approver, Own), (Auditor, Everywhere), (Admin, Everywhere)],
        /// A worker's particulars and lifetime figures.
        Worker => &[(Operator, Own), (Approver, Own), (Worker, Own), (Auditor, Everywhere), (Admin, Everywhere)],
        /// A person's name.
        Name => &[(Operator, Own), (Approver, Own), (Branch, Own), (Worker, Own)],
        /// A person's name, masked: enough to tell whom one has in front of oneself.
        MaskedName => &[(Clerk, Everywhere), (Operator, Own), (Approver, Own), (Branch, Own), (Worker, Own)],
        /// Two ids of one person before they are merged: masked names, platforms, balances, cards.
        // By whoever merges them; what is left and goes over the answer tells as well.
        Merging => &[(Approver, District)],
        /// Workers, by the whole name or phone.
        Search => &[(Operator, Own), (Approver, Own)],
        /// Who read a worker's record.
        Readers => &[(Worker, Own), (Auditor, Everywhere), (Admin, Everywhere)],
        /// A reason or note as it was written.
        FreeText => &[
            (Clerk, Own), (Operator, Own), (Approver, Own), (Merchant, Own), (Worker, Own), (Auditor, Everywhere),
            (Admin, Everywhere),
        ],
        /// Who witnessed a credit, by name.
        Witness => &[(Approver, Own), (Auditor, Everywhere)],
        /// Everything that is held of a person.
        OwnData => &[(Worker, Own)],
        /// What was refused to whom.
        Security => AUDITED,
        /// A worker's balance.
        Balance => &[(Clerk, Everywhere), (Worker, Own), (Auditor, Everywhere), (Admin, Everywhere)],
        /// A worker's statement.
        Statement => &[(Worker, Own), (Auditor, Everywhere), (Admin, Everywhere)],
        /// Why a worker's balance is what it is.
        Trace => AUDITED,
        /// The credits that wait for a decision.
        WaitingCredits => &[(Approver, Own), (Auditor, Everywhere), (Admin, Everywhere)],
        /// The credits that are public, with masked names.
        Publicity => EVERYBODY,
        /// Who objected to a credit anonymously.
        // Who objected anonymously is told to auditors alone.
        Objectors => &[(Auditor, Everywhere)],
        /// A credit.
        Credit => &[(Operator, Own), (Approver, Own), (Worker, Own), (Auditor, Everywhere), (Admin, Everywhere)],
        /// A redemption.
        Redemption => &[(Clerk, Own), (Approver, Own), (Worker, Own), (Auditor, Everywhere), (Admin, Everywhere)],
        /// What a counter sees of a worker: masked name, balance, and what of it can be had there.
        Counter => &[(Clerk, Own)],
        /// What a store handed out before the ledger was asked, and was refused.
        Cases => &[(Clerk, Own), (Approver, Own), (Auditor, Everywhere), (Admin, Everywhere)],
        /// What a store gave out on a day.
        StoreDay => &[(Clerk, Own), (Auditor, Everywhere), (Admin, Everywhere)],
        /// The holds that are open.
        Holds => &[(Clerk, Own), (Worker, Own), (Auditor, Everywhere), (Admin, Everywhere)],
        /// The signed code of a hold, by which a counter without a network takes it.
        HoldCode => &[(Clerk, Own), (Worker, Own)],
        /// The list of merchants.
        Merchants => AUDITED,
        /// A merchant's particulars.
        Merchant => &[(Merchant, Own), (Auditor, Everywhere), (Admin, Everywhere)],
        /// What a merchant is owed and was paid.
        Settlement => &[(Approver, District), (Merchant, Own), (Auditor, Everywhere), (Admin, Everywhere)],
        /// A month's lines, of a merchant or of a paying body, and how far their statement has come.
        Settling => &[
            (Operator, District), (Approver, District), (Merchant, Own), (Auditor, Everywhere), (Admin, Everywhere),
        ],
        /// The sites.
        Sites => EVERYBODY,
        /// The list of stores.
        Stores => &[(Worker, Everywhere), (Auditor, Everywhere), (Admin, Everywhere)],
        /// A store's particulars.
        Store => &[(Clerk, Own), (Worker, Everywhere), (Auditor, Everywhere), (Admin, Everywhere)],
        /// A store's shelves.
        Stock => &[(Clerk, Own), (Worker, Everywhere), (Auditor, Everywhere), (Admin, Everywhere)],
        /// The points schedule.
        Schedule => EVERYBODY,
        /// What a period's credits would have come to under a schedule that is only proposed.
        // Whoever adopts it, whoever audits, and whoever approves credits in the whole district.
        WhatIf => &[(Approver, District), (Auditor, Everywhere), (Admin, Everywhere)],
        /// The mutual-aid points cards of a year.
        Appraisal => &[(Branch, Own), (Auditor, Everywhere), (Admin, Everywhere)],
        /// The Party branches.
        Branches => AUDITED,
        /// The sums of all accounts.
        TrialBalance => AUDITED,
        /// Service requests, with the work on them.
        // What is to be done is open to whoever might do it; of others no id is told.
        Request => &[
            (Operator, Own), (Approver, Own), (Worker, Everywhere), (Auditor, Everywhere), (Admin, Everywhere),
        ],
        /// The slip by whose code work is rated (评价单).
        // Whoever has it says the word, so nobody has it who may not say the word; and of them not who did the work.
        RatingSlip => &[(Operator, Own), (Approver, Own), (Worker, Own)],
        /// A worker's appointments.
        Appointments => &[
            (Operator, Own), (Approver, Own), (Worker, Own), (Auditor, Everywhere), (Admin, Everywhere),
        ],
        /// Appointments that wait for a second person, and what was sent back.
        // Who said what: a worker sees the own ones on the own page.
        ProposedAppointments => &[(Operator, Own), (Approver, Own), (Auditor, Everywhere), (Admin, Everywhere)],
        /// A pair, with its visits.
        Pair => &[(Operator, Own), (Approver, Own), (Worker, Own), (Auditor, Everywhere), (Admin, Everywhere)],
        /// The pairs that a Party branch made, with the visits in them that wait.
        // By the branch alone: others read a pair by whose it is.
        PairsOfBranch => &[(Branch, Own)],
        /// Benefits: how many there are, were given and are waited for.
        Benefit => EVERYBODY,
        /// Applications for benefits that wait for the word of bodies, and what was sent back.
        // Whose they are and who said what: a worker sees the own ones on the own page.
        Proposals => &[(Operator, Own), (Approver, Own), (Auditor, Everywhere), (Admin, Everywhere)],
        /// Funds: what was appropriated and is set aside.
        Fund => &[(Approver, District), (Auditor, Everywhere), (Admin, Everywhere)],
        /// A pass.
        Pass => &[(Operator, Own), (Approver, Own), (Worker, Own), (Auditor, Everywhere), (Admin, Everywhere)],
        /// Selections: the formula, how far each has come, and the short list.
        Selection => EVERYBODY,
        /// What a selection's formula takes of a candidate, and what was objected.
        Candidacy => &[(Operator, Own), (Approver, Own), (Worker, Own), (Auditor, Everywhere), (Admin, Everywhere)],
        /// The events as they are recorded.
        Events => AUDITED,
        /// A sample for auditors.
        Sample => AUDITED,
        /// A report for auditors.
        Report => AUDITED,
        /// Signed checkpoints, also on paper.
        Checkpoint => AUDITED,
        /// Proofs against a checkpoint.
        Proof => AUDITED,
        /// The public keys.
        Keys => AUDITED,
        /// The receipt of an entry.
        Receipt => &[(Worker, Own), (Auditor, Everywhere), (Admin, Everywhere)],
        /// The district's figures at a glance.
        Overview => AUDITED,
        /// The figures of this process.
        Metrics => &[(Admin, Everywhere), (Machine, Everywhere)],
        /// The accounts, with what each was granted.
        Accounts => AUDITED,
        /// The own account.
        Me => EVERYBODY,
    }
}
