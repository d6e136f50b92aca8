//! The AADSTS numbers: the meaning of each, who can fix the error, and how.

use crate::Party;

const TABLE: &str = include_str!("aadsts.md");

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) party: Party,
    pub(crate) meaning: &'static str,
    pub(crate) help: &'static str,
}

/// Looks a number up. This happens for errors only, so the table is parsed each time.
pub(crate) fn known(number: u32) -> Option<Known> {
    rows().find_map(|(row, known)| (row == number).then_some(known))
}

fn rows() -> impl Iterator<Item = (u32, Known)> {
    TABLE.lines().filter_map(row)
}

/// Parses a line of the table; `None` for the header and other lines.
fn row(line: &'static str) -> Option<(u32, Known)> {
    let mut cells = line.strip_prefix("| ")?.split(" | ");
    let number = cells.next()?.parse().ok()?;
    let party = match cells.next()? {
        "person" => Party::Person,
        "administrator" => Party::Administrator,
        "author" => Party::Author,
        "none" => Party::None,
        _ => return None,
    };
    let (meaning, help) = (cells.next()?, cells.next()?);
    Some((
        number,
        Known {
            party,
            meaning,
            help,
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_once_in_order_with_a_source() {
        let lines: Vec<_> = TABLE
            .lines()
            .filter(|line| line.starts_with("| "))
            .collect();
        let numbers: Vec<_> = rows().map(|(number, _)| number).collect();
        assert_eq!(
            numbers.len(),
            lines.len() - 1,
            "all lines but the head are rows"
        );
        assert!(numbers.len() >= 60, "{}", numbers.len());
        assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
        for line in &lines[1..] {
            assert_eq!(line.split(" | ").count(), 5, "{line}");
            assert!(
                line.ends_with("[E] |") || line.contains("](https://"),
                "{line}"
            );
        }
    }

    #[test]
    fn the_party_is_the_one_who_can_act() {
        let cases = [
            (50076, Party::Person),
            (53003, Party::Administrator),
            (7_000_218, Party::Author),
            (90033, Party::None),
        ];
        for (number, party) in cases {
            assert_eq!(
                known(number).map(|known| known.party),
                Some(party),
                "{number}"
            );
        }
        assert_eq!(known(1), None);
    }
}
