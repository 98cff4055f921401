//! Peer (b) once more, through pgbench: the same transactions without any client library of Rust in the way.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::load::Skew;
use crate::postgres::Cluster;
use crate::reading::Reading;
use crate::sql::{DEBIT, Form, ISSUE, LOG_REDEMPTION, PAYLOAD, REDEEM_IN_ONE};

/// Redemptions over so many connections. The tables are those of [`crate::sql::prepare`].
pub(crate) fn run(
    cluster: &Cluster,
    folder: &Path,
    skew: Skew,
    form: Form,
    connections: u32,
    time: Duration,
) -> Result<Reading> {
    let script = folder.join("redeem.pgbench");
    fs::write(&script, script_of(skew, form))?;
    let warm_up = (time / 5).max(Duration::from_secs(1));
    bench(cluster, &script, connections, warm_up)?;
    bench(cluster, &script, connections, time)
}

fn bench(cluster: &Cluster, script: &Path, connections: u32, time: Duration) -> Result<Reading> {
    let clients = connections.to_string();
    let output = cluster
        .pgbench()
        .arg("-D")
        .arg(format!("payload={PAYLOAD}"))
        .args(["-n", "-M", "prepared", "-j", "2", "-c", &clients, "-T", &time.as_secs().max(1).to_string(), "-f"])
        .arg(script)
        .arg("postgres")
        .output()
        .context("pgbench does not start")?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "pgbench failed: {}", String::from_utf8_lossy(&output.stderr));
    let number = |label: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(label))?;
        line.split_whitespace().next()?.parse::<f64>().ok()
    };
    let figure = number("tps = ").context("pgbench told no tps")?;
    // pgbench tells the mean alone; the middle and the slowest are taken through sqlx.
    Ok(Reading { figure, p50_ms: number("latency average = ").unwrap_or(0.0), ..Reading::default() })
}

fn script_of(skew: Skew, form: Form) -> String {
    let choose = format!(
        "\\set w random(0, {})\n\\set hot random(0, 9)\n\\if :hot < 9\n\\set s random(0, {})\n\\else\n\\set s random(0, {})\n\\endif\n",
        skew.workers - 1,
        skew.hot.max(1) - 1,
        skew.stores - 1,
    );
    let fill = |sql: &str, values: &[&str]| {
        let mut sql = sql.to_owned();
        for (number, value) in values.iter().enumerate() {
            sql = sql.replace(&format!("${}", number + 1), value);
        }
        sql
    };
    match form {
        Form::RoundTrips => format!(
            "{choose}BEGIN;\n{};\n{};\n{};\nCOMMIT;\n",
            fill(DEBIT, &[":w"]),
            fill(ISSUE, &[":s"]),
            fill(LOG_REDEMPTION, &[":w", ":s", ":payload"]),
        ),
        Form::Statement => format!("{choose}{};\n", fill(REDEEM_IN_ONE, &[":w", ":s", ":payload"])),
    }
}
