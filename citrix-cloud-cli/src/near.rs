//! What somebody may have meant who named something that does not exist.

/// How many names are suggested.
const SUGGESTED: usize = 3;

/// How alike two names are at least, from 0 to 1.
const ALIKE: f64 = 0.6;

/// The known names that are most like the wanted one, best first.
pub(crate) fn near<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let wanted = wanted.to_lowercase();
    let mut alike: Vec<(f64, &str)> = known
        .into_iter()
        .map(|name| (likeness(&wanted, &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .collect();
    alike.sort_by(|(a, first), (b, second)| b.total_cmp(a).then(first.cmp(second)));
    alike.dedup();
    let best = alike.into_iter().take(SUGGESTED);
    best.map(|(_, name)| name.to_owned()).collect()
}

/// How alike two names are: of `DOMAIN\NAME`, as much as the less alike of the two parts. A name
/// without a domain goes with any.
fn likeness(wanted: &str, known: &str) -> f64 {
    let (domain, short) = parts(known);
    let (wanted_domain, wanted) = parts(wanted);
    let likeness = part_likeness(wanted, short);
    match wanted_domain {
        Some(wanted) => likeness.min(part_likeness(wanted, domain.unwrap_or_default())),
        None => likeness,
    }
}

fn parts(name: &str) -> (Option<&str>, &str) {
    match name.split_once('\\') {
        Some((domain, short)) => (Some(domain), short),
        None => (None, name),
    }
}

/// A pattern is compared without its wild cards.
fn part_likeness(wanted: &str, known: &str) -> f64 {
    let letters: String = wanted.chars().filter(|it| !"*?".contains(*it)).collect();
    let known: String = match wanted.ends_with('*') {
        true => known.chars().take(letters.chars().count()).collect(),
        false => known.to_owned(),
    };
    strsim::normalized_damerau_levenshtein(&letters, &known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found() {
        let known = [
            r"LAB\VDA-101",
            r"LAB\VDA-102",
            r"LAB\KESTREL",
            "Demo Catalog",
        ];
        for (wanted, expected) in [
            ("KESTRL", &[r"LAB\KESTREL"][..]),
            (r"lab\kestrle", &[r"LAB\KESTREL"]),
            ("VDB-1*", &[r"LAB\VDA-101", r"LAB\VDA-102"]),
            ("demo catalgo", &["Demo Catalog"]),
            ("nobody", &[]),
            ("", &[]),
        ] {
            assert_eq!(near(wanted, known), expected, "{wanted}");
        }
    }
}
