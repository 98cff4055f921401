//! What the environment may say, as `--help` names it. docs/configuration.md has it in full.

/// Below the help of every command.
pub(super) const POINTER: &str =
    "nuanxin serve --help names the environment variables; docs/configuration.md tells more.";

/// Below the help of `serve`.
pub(super) const OF_SERVE: &str = "\
Environment:
  NUANXIN_JOURNAL           where the journal is, as --journal
  NUANXIN_CONFIG            a file with settings, as --config
  NUANXIN_LOG               what is logged on stderr: debug, or info,ledger_core=debug [default: info,sqlx=warn]
  NUANXIN_LOG_FORMAT        json writes one JSON object a line
  NUANXIN_VAULT_KEY         the key of the vault of names: 64 hexadecimal digits
  NUANXIN_VAULT_KEY_FILE    a file that holds it [default: keys/nuanxin.vault-key beside the journal]
  NUANXIN_ERASED_FILE       the ids of destroyed keys [default: keys/nuanxin.erased beside the journal]
  NUANXIN_RATE_STRANGER, NUANXIN_RATE_TOKEN, NUANXIN_RATE_ACCOUNT
                            how often anybody may ask, as A_SECOND/AT_ONCE or off
  NUANXIN_TRUSTED_PROXIES   proxies whose X-Forwarded-For is believed
  NUANXIN_SIGNING_KEY_FILE  the keys that sign checkpoints [default: nuanxin.signing-keys beside the journal]
  NUANXIN_WITNESS_KEY_FILE  the key that cosigns for other offices [default: nuanxin.witness-key beside the journal]

On SQLite, nuanxin import and nuanxin token reach a running server over nuanxin.sock beside the journal.
docs/configuration.md tells more.";

/// Below the help of `import`.
pub(super) const OF_IMPORT: &str = "\
district.toml:
  code, name                the district's division code and name
  points_step               credits are rounded down to a multiple of this, such as \"0.5\" [default: 1]
  checks                    how many people check a credit that is proposed: 0, 1 or 2 [default: 0]
  approval_required         true: the same as checks = 1
  publicity_days            days of publicity (公示) before a credit counts [default: 0]
  working_days              true: a publicity counts working days alone [default: false]
  holidays, makeup_workdays lists of dates: days off, and weekends that are worked
  import                    \"proposed\": rows of 活动记录 are checked and public too [default: \"confirmed\"]
  counter_proof             what a redemption at the counter asks for: id, code or pin [default: id]
  redeem_back_days          how many days back a redemption may be told by hand [default: any]
  offline_floor             points that a counter hands out to one worker while the network is away [default: 0]
  offline_total             the same for all workers of a day [default: 0]
  tiers                     the tiers (层级) that stores may have, as a list [default: any]
  guards                    each \"off\", \"flag\" or \"refuse\", or { do = \"flag\", over = 8 }: evidence_reused,
                            hours_over_day, hours_overlap, new_account, recorded_late, self_witness, witness_circle,
                            witness_overload [default: off]

Environment:
  NUANXIN_JOURNAL           where the journal is, as --journal
  NUANXIN_LOG, NUANXIN_LOG_FORMAT
                            what is logged on stderr, and json for one JSON object a line
  NUANXIN_VAULT_KEY, NUANXIN_VAULT_KEY_FILE
                            the key of the vault of names, or a file that holds it; a running server uses its own

On SQLite, where a server has the journal, the rows go through it.
docs/configuration.md tells more.";
