//! What the environment may say, as `--help` names it. docs/configuration.md has it in full.

/// Below the help of every command.
pub(super) const POINTER: &str =
    "nuanxin serve --help names the environment variables; docs/configuration.md tells more.";

/// Below the help of `serve`.
pub(super) const OF_SERVE: &str = "\
Environment:
  NUANXIN_JOURNAL           where the journal is, as --journal
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
  approval_required         true: a second person confirms each credit over the API [default: false]
  publicity_days            days of publicity (公示) before a credit may be confirmed [default: 0]
  tiers                     the tiers (层级) that stores may have, as a list [default: any]
  guards                    self_witness = \"refuse\" takes no credit whose witness is the worker [default: off]

Environment:
  NUANXIN_JOURNAL           where the journal is, as --journal
  NUANXIN_LOG, NUANXIN_LOG_FORMAT
                            what is logged on stderr, and json for one JSON object a line
  NUANXIN_VAULT_KEY, NUANXIN_VAULT_KEY_FILE
                            the key of the vault of names, or a file that holds it; a running server uses its own

On SQLite, where a server has the journal, the rows go through it.
docs/configuration.md tells more.";
