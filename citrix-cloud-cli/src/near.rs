//! Suggests similar names for one that does not exist.

/// The maximum number of suggestions.
const SUGGESTED: usize = 3;

/// The minimum similarity of two names, from 0 to 1.
const ALIKE: f64 = 0.6;

/// The similarity of a name to a part of it: to its start, and to any other part.
const PART: [f64; 2] = [0.8, 0.7];

/// The minimum length of a part.
const LETTERS: usize = 3;

/// Returns the known names that are most similar to the wanted one, best first; if none is similar, those that contain
/// it.
pub(crate) fn near<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let wanted = wanted.to_lowercase();
    let known: Vec<&str> = known.into_iter().collect();
    let alike = best(&known, |name| likeness(&wanted, name, by_letters));
    match alike.is_empty() {
        true => best(&known, |name| likeness(&wanted, name, as_part)),
        false => alike,
    }
}

fn best(known: &[&str], likeness: impl Fn(&str) -> f64) -> Vec<String> {
    let mut alike: Vec<(f64, &str)> = known
        .iter()
        .map(|name| (likeness(&name.to_lowercase()), *name))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .collect();
    alike.sort_by(|(a, first), (b, second)| b.total_cmp(a).then(first.cmp(second)));
    alike.dedup();
    let best = alike.into_iter().take(SUGGESTED);
    best.map(|(_, name)| name.to_owned()).collect()
}

/// Returns the similarity of two names; for `DOMAIN\NAME`, the lower one of both parts. A name without a domain matches
/// any domain.
fn likeness(wanted: &str, known: &str, of_part: fn(&str, &str) -> f64) -> f64 {
    let (domain, short) = parts(known);
    let (wanted_domain, wanted) = parts(wanted);
    let likeness = of_part(wanted, short);
    match wanted_domain {
        Some(wanted) => likeness.min(of_part(wanted, domain.unwrap_or_default())),
        None => likeness,
    }
}

fn parts(name: &str) -> (Option<&str>, &str) {
    match name.split_once('\\') {
        Some((domain, short)) => (Some(domain), short),
        None => (None, name),
    }
}

/// Compares two names; wildcards in a pattern are ignored.
fn by_letters(wanted: &str, known: &str) -> f64 {
    let letters = letters(wanted);
    let known: String = match wanted.ends_with('*') {
        true => known.chars().take(letters.chars().count()).collect(),
        false => known.to_owned(),
    };
    strsim::normalized_damerau_levenshtein(&letters, &known)
}

/// Returns whether a name contains the wanted one, preferably at its start.
fn as_part(wanted: &str, known: &str) -> f64 {
    let letters = letters(wanted);
    match known.find(&letters) {
        Some(at) if letters.chars().count() >= LETTERS => PART[usize::from(at > 0)],
        _ => 0.0,
    }
}

fn letters(wanted: &str) -> String {
    wanted.chars().filter(|it| !"*?".contains(*it)).collect()
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
            ("demo", &["Demo Catalog"]),
            ("catalog", &["Demo Catalog"]),
            ("VDA", &[r"LAB\VDA-101", r"LAB\VDA-102"]),
            ("nobody", &[]),
            ("de", &[]),
            ("", &[]),
        ] {
            assert_eq!(near(wanted, known), expected, "{wanted}");
        }
    }
}
