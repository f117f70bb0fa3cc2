//! A headless Chromium, controlled through its debugging pipe.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// The timeout of every wait.
const PATIENCE: Duration = Duration::from_secs(60);

/// The browser with one open page. It is closed when this is dropped.
pub(crate) struct Browser {
    child: Child,
    commands: ChildStdin,
    messages: BufReader<ChildStdout>,
    session: String,
    count: u64,
    complaints: Vec<String>,
    requests: Vec<String>,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Opens a page; returns `None` if there is no browser.
    pub(crate) fn open(url: &str) -> Option<Self> {
        let names = ["chromium", "chromium-browser", "google-chrome"];
        let found = names.iter().find(|name| {
            let version = Command::new(name).arg("--version").output();
            version.is_ok_and(|output| output.status.success())
        });
        let Some(program) = found else {
            eprintln!("skipped: there is no Chromium (Debian package chromium)");
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        // The browser reads commands from descriptor 3 and writes responses to 4.
        let mut child = Command::new("sh")
            .args([
                "-c",
                "exec \"$@\" 3<&0 4>&1 0</dev/null 1>&2",
                "sh",
                program,
            ])
            .args(["--headless=new", "--no-sandbox", "--disable-gpu"])
            .args([
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--no-proxy-server",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
            ])
            .args(["--remote-debugging-pipe", "--window-size=1440,900"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut browser = Self {
            commands: child.stdin.take().unwrap(),
            messages: BufReader::new(child.stdout.take().unwrap()),
            child,
            session: String::new(),
            count: 0,
            complaints: Vec::new(),
            requests: Vec::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", &attach);
        browser.session = attached["sessionId"].as_str().unwrap().to_owned();
        browser.call("Runtime.enable", &json!({}));
        browser.call("Page.enable", &json!({}));
        browser.call("Log.enable", &json!({}));
        browser.call("Network.enable", &json!({}));
        let size = json!({ "width": 1440, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        browser.call("Emulation.setDeviceMetricsOverride", &size);
        browser.go(url);
        Some(browser)
    }

    /// Goes to another page.
    pub(crate) fn go(&mut self, url: &str) {
        self.call("Page.navigate", &json!({ "url": url }));
    }

    /// Waits until an expression is true.
    pub(crate) fn until(&mut self, condition: &str) {
        let begun = Instant::now();
        while self.evaluate(condition) != json!(true) {
            if begun.elapsed() > PATIENCE {
                let text = self.text("document.body.innerText");
                let complaints = &self.complaints;
                panic!("never came true: {condition}\n{complaints:?}\n{text}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Runs a script.
    pub(crate) fn run(&mut self, script: &str) {
        self.evaluate(script);
    }

    /// Returns the text of an expression.
    pub(crate) fn text(&mut self, expression: &str) -> String {
        self.evaluate(expression)
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Presses a key.
    pub(crate) fn key(&mut self, key: &str) {
        let text = if key == "Enter" { "\r" } else { "" };
        let code = match key {
            "Enter" => 13,
            "Escape" => 27,
            "Home" => 36,
            "ArrowRight" => 39,
            _ => 40,
        };
        for kind in ["keyDown", "keyUp"] {
            let press = json!({
                "type": kind, "key": key, "code": key, "text": text,
                "windowsVirtualKeyCode": code,
            });
            self.call("Input.dispatchKeyEvent", &press);
        }
    }

    /// Enables dark mode.
    pub(crate) fn dark(&mut self) {
        self.scheme("dark");
    }

    pub(crate) fn light(&mut self) {
        self.scheme("light");
    }

    /// Sets the width of the window.
    pub(crate) fn width(&mut self, width: u32) {
        let size =
            json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &size);
    }

    fn scheme(&mut self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.call(
            "Emulation.setEmulatedMedia",
            &json!({ "features": features }),
        );
    }

    /// Saves a screenshot to the folder in `PAGE_PICTURES`, if it is set.
    pub(crate) fn picture(&mut self, name: &str) {
        let Ok(folder) = std::env::var("PAGE_PICTURES") else {
            return;
        };
        std::thread::sleep(Duration::from_millis(300));
        let picture = self.call("Page.captureScreenshot", &json!({ "format": "png" }));
        let data = picture["data"].as_str().unwrap();
        let file = std::path::Path::new(&folder).join(format!("{name}.png.base64"));
        std::fs::write(file, data).unwrap();
    }

    /// Returns the URLs of all requests.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.clone()
    }

    /// Returns the page's script errors and the browser's warnings.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.complaints.clone()
    }

    fn evaluate(&mut self, expression: &str) -> Value {
        let asked =
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        self.call("Runtime.evaluate", &asked)["result"]["value"].take()
    }

    fn call(&mut self, method: &str, params: &Value) -> Value {
        self.count += 1;
        let mut command = json!({ "id": self.count, "method": method, "params": params });
        if !self.session.is_empty() {
            command["sessionId"] = json!(self.session);
        }
        let mut bytes = command.to_string().into_bytes();
        bytes.push(0);
        self.commands.write_all(&bytes).unwrap();
        loop {
            let mut message = Vec::new();
            self.messages.read_until(0, &mut message).unwrap();
            assert_eq!(message.pop(), Some(0), "the browser ended");
            let mut message: Value = serde_json::from_slice(&message).unwrap();
            if message["id"] == self.count {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].take();
            }
            let params = &message["params"];
            match message["method"].as_str() {
                Some("Network.requestWillBeSent") => {
                    let url = params["request"]["url"].as_str().unwrap();
                    self.requests.push(url.to_owned());
                }
                Some("Runtime.exceptionThrown" | "Log.entryAdded") => {
                    self.complaints.push(params.to_string());
                }
                Some("Runtime.consoleAPICalled") if params["type"] == "error" => {
                    self.complaints.push(params.to_string());
                }
                _ => {}
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
