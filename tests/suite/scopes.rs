//! The guide to the API has a table of permissions, which people choose scopes and roles by. It is held against the code that decides.

use std::collections::BTreeSet;
use trellis_domain::{access::Permission, role::RoleName, text::Wire};

const GUIDE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api.md"));
const HEADING: [&str; 5] = ["permission", "by a role", "everybody", "an appraiser, for those they appraise", "a machine"];

fn cells(line: &str) -> Vec<&str> {
    let inner = line.strip_prefix('|').and_then(|rest| rest.strip_suffix('|'));
    inner.map(|inner| inner.split('|').map(str::trim).collect()).unwrap_or_default()
}

/// What stands between backticks.
fn words(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// What a row says, and the code does not.
fn untrue(row: &[&str], permission: Permission) -> Vec<String> {
    let (said, everybody, appraisers, machine) = (row[1], row[2], row[3], row[4]);
    let mut out = Vec::new();
    let mut differs = |of: &str, said: String, is: String| {
        if said != is {
            out.push(format!("{permission}, {of}: the table says {said}, the code {is}"));
        }
    };
    let told = |roles: BTreeSet<&str>| format!("{roles:?}");
    let all = RoleName::ALL.iter().map(|role| role.as_str());
    let named = if said == "any" { all.collect() } else { words(said).into_iter().collect() };
    differs("by a role", told(named), told(permission.roles().iter().map(|role| role.as_str()).collect()));
    let yes_or_no = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    differs("everybody", yes_or_no(!everybody.is_empty()), yes_or_no(permission.everybody()));
    differs("line managers", yes_or_no(everybody.contains("whom they line-manage")), yes_or_no(permission.line_managers()));
    differs("advisers", yes_or_no(everybody.contains("whom they advise")), yes_or_no(permission.advisers()));
    // the rules of a record can give appraisers more than the permission does: those of an appraisal are assigned to it
    if permission.appraisers() {
        differs("an appraiser", yes_or_no(!appraisers.is_empty()), yes_or_no(true));
    }
    differs("a machine", machine.to_owned(), yes_or_no(permission.for_service_accounts()));
    out
}

#[test]
fn the_guide_says_of_every_permission_what_the_code_does() {
    let table = GUIDE.lines().skip_while(|line| cells(line) != HEADING).skip(2).take_while(|line| line.starts_with('|'));
    let (mut faults, mut seen) = (Vec::new(), Vec::new());
    for line in table {
        let row = cells(line);
        let named = row.first().map(|cell| words(cell)).unwrap_or_default();
        match (named.as_slice(), row.len()) {
            ([word], 5) => match Permission::parse(word) {
                Ok(permission) => {
                    seen.push(permission);
                    faults.extend(untrue(&row, permission));
                }
                Err(_) => faults.push(format!("{word} is no permission")),
            },
            _ => faults.push(format!("not one permission and five cells: {line}")),
        }
    }
    for permission in Permission::ALL {
        match seen.iter().filter(|one| *one == permission).count() {
            1 => {}
            rows => faults.push(format!("{permission} has {rows} rows")),
        }
    }
    assert!(faults.is_empty(), "docs/api.md, Permissions:\n{}", faults.join("\n"));
}
