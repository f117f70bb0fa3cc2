//! The page at `/_emulator/`, in a real browser.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

#[path = "page/browser.rs"]
mod browser;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use citrix_cloud_emulator::faults::{Fault, FaultKind};
use citrix_cloud_emulator::{Customer, Emulator, Machine, Resource, Server, Site, World, ids};

use browser::Browser;

/// Sends a request and returns the whole response.
fn send(server: &Server, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(server.addr()).unwrap();
    let request = format!(
        "{head}Host: {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        server.addr(),
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}

fn sign_in(server: &Server) -> String {
    let (id, secret) = (ids::CLIENT_ID, ids::CLIENT_SECRET);
    let response = send(
        server,
        "POST /cctrustoauth2/root/tokens/clients HTTP/1.1\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n",
        &format!("grant_type=client_credentials&client_id={id}&client_secret={secret}"),
    );
    let token = response.split("\"access_token\": \"").nth(1).unwrap();
    token.split('"').next().unwrap().to_owned()
}

fn reboot(server: &Server, token: &str, machine: &str) -> String {
    let head = format!(
        "POST /cvad/manage/Machines/{machine}/$reboot HTTP/1.1\r\nAccept: application/json\r\n\
         Authorization: CwsAuth Bearer={token}\r\nCitrix-CustomerId: {}\r\nCitrix-InstanceId: {}\r\n",
        ids::CUSTOMER_ID,
        ids::SITE_ID
    );
    send(server, &head, "")
}

async fn serve(emulator: Emulator) -> Server {
    emulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_a_reboot_as_it_happens() {
    let emulator = Emulator::default();
    emulator.clock().freeze();
    let server = serve(emulator).await;
    let Some(mut page) = Browser::open(&format!("{}/_emulator/", server.url())) else {
        return;
    };
    page.until("document.getElementById('connection').textContent === 'live'");
    page.until("document.getElementById('total').textContent === '8'");
    page.picture("start");
    let token = sign_in(&server);
    assert!(reboot(&server, &token, ids::KESTREL_ID).starts_with("HTTP/1.1 200"));
    page.run("document.getElementById('machineFilter').value = 'KESTREL'; filterMachines(); select(0, true)");
    page.until("document.getElementById('machine').textContent.includes('action pending')");
    page.until(
        "document.querySelector('#exchanges tr').textContent.includes('MachinesRebootMachine')",
    );
    server.clock().advance(Duration::from_millis(1_200));
    page.until(
        "document.getElementById('machine').textContent.includes('TurningOn · Unregistered')",
    );
    page.picture("rebooting");
    server.clock().advance(Duration::from_secs(2));
    page.until(
        "document.getElementById('machine').textContent.includes('On · Registered · 0 sessions')",
    );

    // Opens an exchange with the keyboard; its secrets are masked.
    page.run("document.querySelector('#exchanges tr').focus()");
    page.key("ArrowDown");
    page.key("Enter");
    page.until("!document.getElementById('details').hidden");
    page.until("document.getElementById('requestBody').textContent.includes('client_secret=***')");
    let text = page.text("document.body.innerText");
    assert!(!text.contains(ids::CLIENT_SECRET) && !text.contains(&token));
    for width in [1440, 1100, 600] {
        page.width(width);
        // Nothing is wider than the window.
        page.until("document.documentElement.scrollWidth <= innerWidth");
        // Everything in a section is visible or can be scrolled to.
        page.until("[...document.querySelectorAll('section:not([hidden])')].every((it) => it.scrollHeight <= it.clientHeight + 1)");
        page.until("[...document.querySelectorAll('#sessions td')].every((it) => it.scrollWidth <= it.clientWidth)");
        for table in ["sessions", "jobs"] {
            page.until(&format!(
                "(({{ scrollWidth, clientWidth }}) => scrollWidth <= clientWidth)(document.getElementById('{table}').closest('div'))"
            ));
        }
        page.picture(&format!("details-{width}"));
        page.dark();
        page.picture(&format!("details-{width}-dark"));
        page.light();
    }
    page.width(1440);
    page.key("Escape");
    page.until("document.getElementById('details').hidden");
    page.until("document.activeElement.closest('#exchanges') !== null");
    let elsewhere = |it: &String| !it.starts_with(server.url());
    assert!(
        !page.requests().iter().any(elsewhere),
        "{:?}",
        page.requests()
    );

    // Uses the grid with the keyboard.
    page.run("document.getElementById('machineFilter').value = ''; filterMachines(); document.getElementById('gridFrame').focus()");
    page.key("Home");
    page.until("document.getElementById('machine').textContent.includes('OSPREY')");
    page.key("ArrowRight");
    page.until("document.getElementById('machine').textContent.includes('EAGLE')");
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_machines_are_drawn_and_found() {
    let server = serve(
        Emulator::builder()
            .world(World::with_machines(20_000))
            .build(),
    )
    .await;
    let Some(mut page) = Browser::open(&format!("{}/_emulator/", server.url())) else {
        return;
    };
    page.until("document.getElementById('connection').textContent === 'live'");
    page.until("document.getElementById('total').textContent === '20,000'");
    page.until("shown.length === 20000");
    let token = sign_in(&server);
    server
        .faults()
        .add(Fault::new(FaultKind::Status(503)).rate(0.3).seed(1));
    let machines: Vec<String> = server.read_site(|site| {
        let machines = site.machines.iter().take(40);
        machines.map(|machine| machine.id().to_owned()).collect()
    });
    for machine in &machines {
        reboot(&server, &token, machine);
    }
    page.until("document.getElementById('exchanges').children.length >= 40");
    page.dark();
    page.picture("many");
    page.run("document.getElementById('journalFilter').value = 'fault'; filterJournal()");
    let injected = server.faults().injections().len();
    page.until(&format!(
        "document.getElementById('exchanges').children.length === {injected}"
    ));
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_is_switched_on_and_off() {
    let server = serve(Emulator::default()).await;
    server
        .faults()
        .add(Fault::new(FaultKind::Status(503)).rate(0.5).seed(1));
    let Some(mut page) = Browser::open(&format!("{}/_emulator/", server.url())) else {
        return;
    };
    page.until("document.querySelectorAll('#faults input:checked').length === 1");
    page.run("document.querySelector('#faults input').click()");
    page.until("document.getElementById('faultCount').textContent === '0'");
    assert_eq!(server.faults().rules().len(), 0);
    page.until("document.querySelectorAll('#faults input:not(:checked)').length === 1");
    page.run("document.querySelector('#faults input').click()");
    page.until("document.getElementById('faultCount').textContent === '1'");
    assert_eq!(server.faults().rules()[0].kind(), &FaultKind::Status(503));
    page.run(
        "newFault.selectedIndex = 2; document.getElementById('newFault').dispatchEvent(new Event('change'))",
    );
    page.until("document.getElementById('faultCount').textContent === '2'");
    assert_eq!(server.faults().rules().len(), 2);
    page.picture("faults");
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_site_is_chosen() {
    let mut world = World::with_machines(5);
    let mut second = Site::new("22222222-0000-0000-0000-000000000001", "Branch");
    second
        .resources_mut(citrix_cloud_emulator::ResourceKind::MachineCatalog)
        .push(Resource::new("Branch").with("Uid", 1));
    second
        .machines
        .push(Machine::new(r"DEMOLAB\BRANCH1", 1, ids::CATALOG_ID));
    world.add_customer(Customer::new("branchcorp").with_site(second));
    let server = serve(Emulator::builder().world(world).build()).await;
    let Some(mut page) = Browser::open(&format!("{}/_emulator/", server.url())) else {
        return;
    };
    page.until("document.getElementById('total').textContent === '5'");
    page.until("!document.getElementById('choice').hidden");
    page.run(
        "sites.selectedIndex = 1; document.getElementById('sites').dispatchEvent(new Event('change'))",
    );
    page.until("document.getElementById('total').textContent === '1'");
    page.until("shown.length === 1 && shown[0].name.endsWith('BRANCH1')");
    page.until("document.getElementById('connection').textContent === 'live'");
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_asks_for_a_token() {
    let server = serve(Emulator::builder().control_token("let-me-in").build()).await;
    let Some(mut page) = Browser::open(&format!("{}/_emulator/", server.url())) else {
        return;
    };
    page.until("document.getElementById('access').open");
    page.run("document.getElementById('token').value = 'let-me-in'; document.querySelector('#access button').click()");
    page.until("document.getElementById('connection').textContent === 'live'");
    page.until("document.getElementById('total').textContent === '8'");
}
