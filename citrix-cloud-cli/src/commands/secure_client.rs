//! `secureclient.csv`, the file that Citrix Cloud's console creates with a new API client.

use citrix_cloud::Secret;
use csv::{ReaderBuilder, StringRecord, Trim};

/// The content of the file.
pub(super) struct SecureClient {
    pub(super) client_id: String,
    pub(super) client_secret: Secret,
    /// The customer, which some tools add.
    pub(super) customer: Option<String>,
}

impl SecureClient {
    /// Parses the file: a header `ID,Secret` and one line, in any order and with any further columns.
    ///
    /// # Errors
    ///
    /// A message that quotes nothing from the file, because it contains a secret.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let head = text.lines().find(|line| !line.trim().is_empty());
        let head = head.ok_or("the file is empty")?;
        let count = |separator: u8| head.bytes().filter(|byte| *byte == separator).count();
        let separator = [b',', b';', b'\t']
            .into_iter()
            .max_by_key(|it| (count(*it), *it == b','));
        let mut reader = ReaderBuilder::new()
            .delimiter(separator.unwrap_or(b','))
            .flexible(true)
            .has_headers(false)
            .trim(Trim::All)
            .from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for row in reader.records() {
            let row = row.map_err(|_| "it is not CSV".to_owned())?;
            if row.iter().any(|cell| !cell.is_empty()) {
                rows.push(row);
            }
        }
        let (head, row) = match rows.as_slice() {
            [head, row] => (head, row),
            [] | [_] => {
                return Err(
                    "expected a header line `ID,Secret` and a second line with the client"
                        .to_owned(),
                );
            }
            rows => {
                return Err(format!(
                    "it has {} clients; remove all but the one to sign in with",
                    rows.len() - 1
                ));
            }
        };
        let cell = |names: &[&str]| {
            let column = head
                .iter()
                .position(|cell| names.contains(&normal(cell).as_str()))?;
            Some(cell_of(row, column))
        };
        let needed = |name: &str, names: &[&str]| match cell(names) {
            None => Err(format!(
                "no column `{name}`; the file from Citrix Cloud's console starts with `ID,Secret`"
            )),
            Some("") => Err(format!("the column `{name}` is empty")),
            Some(text) => Ok(text.to_owned()),
        };
        Ok(Self {
            client_id: needed("ID", &["id", "clientid"])?,
            client_secret: needed("Secret", &["secret", "clientsecret"])?.into(),
            customer: cell(&["customer", "customerid"])
                .filter(|it| !it.is_empty())
                .map(str::to_owned),
        })
    }
}

fn cell_of(row: &StringRecord, column: usize) -> &str {
    row.get(column).unwrap_or_default()
}

fn normal(head: &str) -> String {
    let letters = head.chars().filter(|it| it.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_read_in_every_form_in_which_they_come() {
        for (text, customer) in [
            ("ID,Secret\nid-1,hunter2==\n", None),
            ("\"ID\",\"Secret\"\r\n\"id-1\",\"hunter2==\"\r\n\r\n", None),
            ("Secret;Client-ID;Name\nhunter2==;id-1;x\n", None),
            (
                "Name\tID\tSecret\tCustomer-ID\nn\tid-1\thunter2==\tabcd\n",
                Some("abcd"),
            ),
        ] {
            let Ok(read) = SecureClient::read(text) else {
                panic!("{text}")
            };
            assert_eq!(read.client_id, "id-1");
            assert_eq!(read.client_secret.expose(), "hunter2==");
            assert_eq!(read.customer.as_deref(), customer);
        }
    }

    #[test]
    fn errors_repeat_nothing_of_a_malformed_file() {
        for (text, expected) in [
            ("", "empty"),
            ("hunter2\n", "`ID,Secret`"),
            ("id,hunter2\nid-1,hunter2\n", "no column `Secret`"),
            ("ID,Secret\n", "`ID,Secret`"),
            ("ID,Secret\nid-1,\n", "`Secret` is empty"),
            ("ID,Secret\nhunter2\n", "`Secret` is empty"),
            ("ID,Secret\na,hunter2\nb,hunter2\n", "2 clients"),
        ] {
            let Err(words) = SecureClient::read(text) else {
                panic!("{text}")
            };
            assert!(words.contains(expected), "{text}: {words}");
            assert!(!words.contains("hunter2"), "{words}");
        }
    }
}
