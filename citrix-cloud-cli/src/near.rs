//! What somebody may have meant who named something that does not exist.

/// How many names are suggested.
const SUGGESTED: usize = 3;

/// How alike two names are at least, from 0 to 1.
const ALIKE: f64 = 0.6;

/// How alike a name is to a part of it: to its beginning, and to what else is in it.
const PART: [f64; 2] = [0.8, 0.7];

/// How many letters a part has at least.
const LETTERS: usize = 3;

/// The known names that are most like the wanted one, best first; where none is like it, those that it is a
/// part of.
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

/// How alike two names are: of `DOMAIN\NAME`, as much as the less alike of the two parts. A name
/// without a domain goes with any.
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

/// A pattern is compared without its wild cards.
fn by_letters(wanted: &str, known: &str) -> f64 {
    let letters = letters(wanted);
    let known: String = match wanted.ends_with('*') {
        true => known.chars().take(letters.chars().count()).collect(),
        false => known.to_owned(),
    };
    strsim::normalized_damerau_levenshtein(&letters, &known)
}

/// Whether it is a part of it: the beginning is best.
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
