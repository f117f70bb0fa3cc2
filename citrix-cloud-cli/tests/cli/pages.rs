//! Reports as pages, in a real browser: dark and light, on a desktop and on a phone.

use std::path::Path;

use crate::monitor::office::office;
use crate::stage::Ran;
use browser::Browser;

#[allow(
    dead_code,
    reason = "the emulator's own page, whose test it is from, has keys and scripts"
)]
#[path = "../../../citrix-cloud-emulator/tests/page/browser.rs"]
mod browser;

const LOOK: &str = include_str!("pages/look.js");

const REPORTS: [&str; 9] = [
    "concurrency",
    "logon",
    "failures",
    "machines",
    "applications",
    "sessions",
    "load",
    "clients",
    "savings",
];

/// Returns the problems of a page in each of its forms.
fn wrong(browser: &mut Browser, file: &Path) -> Vec<String> {
    let name = file.file_stem().unwrap().to_str().unwrap();
    let url = format!("file://{}", file.display());
    browser.go(&url);
    browser.until(&format!(
        "document.readyState === 'complete' && location.href === '{url}'"
    ));
    let mut wrong = Vec::new();
    for width in [1280, 400] {
        browser.width(width);
        for scheme in ["light", "dark"] {
            match scheme {
                "dark" => browser.dark(),
                _ => browser.light(),
            }
            browser.until(&format!(
                "innerWidth === {width} && matchMedia('(prefers-color-scheme: {scheme})').matches"
            ));
            let found: Vec<String> = serde_json::from_str(&browser.text(LOOK)).unwrap();
            let found = found
                .into_iter()
                .map(|it| format!("{name} {width} {scheme}: {it}"));
            wrong.extend(found);
            browser.picture(&format!("{name}-{width}-{scheme}"));
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn every_report_can_be_read_on_any_page() {
    let Some(mut browser) = Browser::open("about:blank") else {
        return;
    };
    let office = office().await;
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    let period = ["--since", "2025-12-06", "--until", "2026-01-05"];
    for report in REPORTS {
        let file = folder.path().join(format!("{report}.html"));
        let words = ["report", report, "--html", file.to_str().unwrap()];
        let ran = office.monitor(&[&words[..], &period].concat());
        assert_eq!(ran.code, Some(0), "{report}: {}", ran.stderr);
        files.push(file);
    }
    let file = folder.path().join("overview.html");
    let ran = Ran::of(office.command().args(["overview", "--html"]).arg(&file));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    files.push(file);

    let mut wrong = Vec::new();
    for file in &files {
        wrong.extend(self::wrong(&mut browser, file));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(browser.complaints(), Vec::<String>::new());
    let own = |it: &Path| format!("file://{}", it.display());
    let own: Vec<String> = files.iter().map(|it| own(it)).collect();
    assert_eq!(browser.requests(), own, "nothing but the pages themselves");
}

#[test]
fn an_unreadable_page_is_detected() {
    let Some(mut browser) = Browser::open("about:blank") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bad.html");
    let page = "<!doctype html><body style='background:#fff'>\
        <p style='color:#aaa'>pale</p><p style='font-size:8px'>small</p>\
        <div style='width:2000px'>wide</div>\
        <div class=chart aria-label=empty><svg><rect width=0 height=9 /><rect width=9 height=9 fill='#ffe' /></svg></div>\
        <div class=chart aria-label=crowded><svg width=100 height=20><rect width=9 height=9 />\
        <text y=15>one on the other</text><text y=15>the other</text><text x=90 y=15>beyond</text></svg></div>\
        <img src='http://127.0.0.1:1/x.png'><script>console.error('lost')</script></body>";
    std::fs::write(&file, page).unwrap();
    let wrong = wrong(&mut browser, &file).join("\n");
    for words in [
        "bad 400 dark: the page is 2008 wide, the window 400",
        "p \"pale\" has a contrast of 2.32",
        "p \"small\" is 8.0 px high",
        "the chart empty shows nothing",
        "text \"beyond\" is cut off in the chart crowded",
        "text \"one on the other\" and text \"the other\" overlap in the chart crowded",
    ] {
        assert!(wrong.contains(words), "{words}:\n{wrong}");
    }
    assert!(
        !wrong.contains("the chart crowded shows nothing"),
        "{wrong}"
    );
    let complaints = browser.complaints().join("\n");
    assert!(complaints.contains("lost"), "{complaints}");
    assert!(browser.requests().iter().any(|it| it.contains("x.png")));
}
