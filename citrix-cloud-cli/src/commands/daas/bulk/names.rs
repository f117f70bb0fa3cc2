//! The names in a text: one a line, or a column of a CSV file.

/// What separates the cells of a line, in the order in which it is tried.
const SEPARATORS: [char; 3] = ['\t', ';', ','];

/// Heads of the columns that have an id or a name, in lower case, the best first.
const HEADS: [&str; 6] = [
    "id",
    "machineid",
    "sessionid",
    "name",
    "machinename",
    "dnsname",
];

/// The names, each with the number of its line.
///
/// Where the first line is the head of a table, the column of the ids is taken, or else that of the
/// names; without a head, the first column.
pub(super) fn of(text: &str) -> Vec<(String, usize)> {
    let lines = text.lines().zip(1..);
    // PowerShell writes the type of what it exports in a line of its own.
    let filled = lines.filter(|(line, _)| !line.trim().is_empty() && !line.starts_with("#TYPE"));
    let mut rows = filled
        .map(|(line, number)| (cells(line), number))
        .peekable();
    let column = rows.peek().and_then(|(first, _)| {
        let head = |head: &&str| first.iter().position(|cell| normal(cell) == *head);
        HEADS.iter().find_map(head)
    });
    let rows = rows.skip(usize::from(column.is_some()));
    rows.filter_map(|(mut cells, number)| {
        let column = column.unwrap_or_default();
        let name = (column < cells.len()).then(|| cells.swap_remove(column))?;
        (!name.is_empty()).then_some((name, number))
    })
    .collect()
}

fn normal(head: &str) -> String {
    let letters = head.chars().filter(|it| it.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// The cells of a line; quotes keep a separator in a cell, and two of them are one.
fn cells(line: &str) -> Vec<String> {
    let separator = SEPARATORS.into_iter().find(|it| line.contains(*it));
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.trim().chars().peekable();
    while let Some(character) = characters.next() {
        let Some(cell) = cells.last_mut() else { break };
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' if quoted || cell.trim().is_empty() => quoted = !quoted,
            it if !quoted && Some(it) == separator => cells.push(String::new()),
            it => cell.push(it),
        }
    }
    let trimmed = cells.iter().map(|cell| cell.trim().to_owned());
    trimmed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_lines_and_from_tables() {
        for (text, expected) in [
            ("D\\A\r\n\r\n  D\\B \r\n", &[("D\\A", 1), ("D\\B", 3)][..]),
            ("\"D\\A\"\n\"D\\B\"\n", &[("D\\A", 1), ("D\\B", 2)]),
            (
                "#TYPE Machine\n\"Name\",\"Id\"\n\"D\\A\",\"1\"\n\"D\\B\",\"2\"\n",
                &[("1", 3), ("2", 4)],
            ),
            (
                "Machine Name;State\nD\\A;On\n\"D\\\"\"B\";Off\n",
                &[("D\\A", 2), ("D\\\"B", 3)],
            ),
            ("State\tName\nOn\tA\n", &[("A", 2)]),
            ("A,On\nB,\"Off, really\"\n", &[("A", 1), ("B", 2)]),
            ("Name\n", &[]),
        ] {
            let read = of(text);
            let read: Vec<_> = read
                .iter()
                .map(|(name, line)| (name.as_str(), *line))
                .collect();
            assert_eq!(read, expected, "{text}");
        }
    }
}
