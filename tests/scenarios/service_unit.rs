//! The unit for systemd that the runbook hands out is one that systemd understands.

use std::path::Path;
use std::process::Command;

use nuanxin_tests::means::cannot;
use nuanxin_tests::scratch_dir;

#[test]
fn systemd_understands_the_unit() {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/runbooks/nuanxin.service");
    let unit = std::fs::read_to_string(unit).expect("the unit is there");
    assert!(unit.contains("ExecStart=/usr/local/bin/nuanxin serve "), "{unit}");
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        return cannot("the unit for systemd", "systemd-analyze is not installed here (Debian: systemd)");
    }
    // Program and user are there on the machine that it is installed on, and not here.
    let here = unit.replace("/usr/local/bin/nuanxin", "/bin/true");
    let here = here.lines().filter(|line| !line.starts_with("User=") && !line.starts_with("Group="));
    let path = scratch_dir("unit").join("nuanxin.service");
    std::fs::write(&path, here.collect::<Vec<_>>().join("\n") + "\n").expect("a copy of the unit");
    let verified = Command::new("systemd-analyze").arg("verify").arg(&path).output().expect("it was there just now");
    let said = String::from_utf8_lossy(&verified.stderr);
    // A line that systemd does not know is only warned of.
    let about: Vec<&str> = said.lines().filter(|line| line.contains("nuanxin.service")).collect();
    assert!(verified.status.success() && about.is_empty(), "{said}");
}
