//! How a provider is set, what is judged before anything is served, and how people are linked to accounts.

use nuanxin_tests::{IdentityProvider, scratch_dir};

use super::{auditor, free_address, write_secret};
use crate::journals::{Database, fresh};
use crate::program::run;

#[tokio::test(flavor = "multi_thread")]
async fn a_check_of_the_settings_judges_the_provider_s() {
    let folder = scratch_dir("oidc");
    let (file, secret) = (folder.join("nuanxin.toml"), folder.join("secret"));
    write_secret(&secret, "a secret\n");
    let journal = fresh(Database::Sqlite);
    let provider = IdentityProvider::start();
    let check = |text: &str, code: i32| {
        std::fs::write(&file, text).expect("a file is written");
        run(&journal, &["config", "check", "--config", file.to_str().expect("UTF-8")]).expect(code).text().to_owned()
    };
    let issuer = provider.issuer();
    let good = format!(
        "public_url = \"https://ledger.example\"\noidc_issuer = \"{issuer}\"\noidc_client_id = \"nuanxin\"\n\
         oidc_client_secret_file = \"{}\"\n",
        secret.display()
    );
    let said = check(&good, 0);
    assert!(said.contains(&format!("{:<26} {issuer}  (file)", "oidc_issuer")) && !said.contains("a secret"), "{said}");
    assert!(!said.contains("warning 提醒: oidc"), "{said}");
    // It is not the one that it should be, or away: a warning, since passwords go on.
    for other in [format!("{issuer}/realms/other"), format!("http://{}", free_address())] {
        let said = check(&good.replace(issuer, &other), 0);
        assert!(said.contains("warning 提醒: oidc_issuer"), "{said}");
    }
    let authority = folder.join("ca.pem");
    std::fs::write(&authority, "no certificate\n").expect("a file is written");
    let with_authority = format!("{good}oidc_ca_file = \"{}\"\n", authority.display());
    for (text, told) in [
        (good.replace("oidc_issuer = \"http:", "oidc_issuer = \"ftp:"), "oidc_issuer: "),
        (good.replace("oidc_client_id = \"nuanxin\"\n", ""), "oidc_client_id: "),
        (good.replace("https://ledger.example", "http://ledger.example"), "public_url: "),
        (good.replace("/secret\"", "/nowhere\""), "oidc_client_secret_file: "),
        ("oidc_client_id = \"nuanxin\"\n".to_owned(), "oidc_issuer: "),
        (with_authority, "oidc_ca_file: "),
    ] {
        let said = check(&text, 1);
        assert!(said.contains(&format!("wrong 不能用: {told}")), "{told}: {said}");
        // What cannot be used is not served either.
        let served = run(&journal, &["serve", "--listen", "127.0.0.1:0", "--config", file.to_str().expect("UTF-8")]);
        let served = served.expect(2);
        assert!(served.stderr.contains(told), "{}", served.stderr);
    }
}

#[test]
fn a_link_leads_to_an_account_that_is_there_and_to_one_alone() {
    let journal = fresh(Database::Sqlite);
    let issuer = "https://id.example/realms/district";
    let link = |account: &str, subject: &str, code: i32| {
        run(&journal, &["account", "link", account, "--issuer", issuer, "--subject", subject]).expect(code).stderr
    };
    assert!(link("auditor-1", "a", 1).contains("open it first"));
    auditor(&journal);
    run(&journal, &["account", "open", "clerk-1"]).expect(0);
    assert!(link("auditor-1", "a", 0).contains("auditor-1 is a of"));
    assert!(link("auditor-1", "a", 0).contains("already"));
    assert!(link("clerk-1", "a", 1).contains("is account auditor-1"));
    link("auditor-1", "b", 0);
    link("clerk-1", "", 2);
    let listed = run(&journal, &["account", "list"]).expect(0);
    assert_eq!(listed.text().matches("  linked  ").count(), 2, "{}", listed.text());
    run(&journal, &["account", "unlink", "clerk-1", "--issuer", issuer, "--subject", "a"]).expect(1);
    run(&journal, &["account", "unlink", "auditor-1", "--issuer", issuer, "--subject", "a"]).expect(0);
    assert!(link("clerk-1", "a", 0).contains("clerk-1 is a of"));
    // The provider of the settings is meant where none is named.
    run(&journal, &["account", "link", "clerk-1", "--subject", "c"]).expect(2).says(&["oidc_issuer"]);
    let file = scratch_dir("oidc").join("nuanxin.toml");
    std::fs::write(&file, format!("oidc_issuer = \"{issuer}\"\n")).expect("a file is written");
    let file = file.to_str().expect("UTF-8");
    run(&journal, &["account", "link", "clerk-1", "--subject", "c", "--config", file]).expect(0);
}
