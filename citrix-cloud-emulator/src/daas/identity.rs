//! `/Identity`: the directory, and the accounts that the site uses in it.
//!
//! The directory has a few users and groups of its own. It also accepts any other name with a domain, so that scripts
//! can be tried with the names they will use in production.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::context::{Context, Handler};
use super::resource::{self, PLAIN, ResourceSpec};
use super::user_view::UserView;
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Query, Reply};
use crate::schema::filled;
use crate::world::{Machine, Resource, ResourceKind, Site};

pub(super) const USER: ResourceSpec = ResourceSpec {
    entity: "User",
    computed: |_, user| described(&user.name, user.fields.get("DisplayName")),
    ..PLAIN
};

pub(super) const SERVICE_ACCOUNT: ResourceSpec = ResourceSpec {
    entity: "ServiceAccount",
    keys: ("ServiceAccountUid", "DisplayName"),
    shares_names: true,
    defaults: r#"{ "IsHealthy": true }"#,
    computed: |_, account| {
        let names = resource::strings(account.fields.get("Capabilities")).into_iter();
        let capabilities = names.map(|name| json!({ "Name": name, "IsHealthy": true }));
        Map::from_iter([("Capabilities".to_owned(), capabilities.collect())])
    },
    ..PLAIN
};

/// The only domain of the directory.
pub(super) const DOMAIN: &str = "demolab.example";

/// The organizational units that the directory lists; it accepts any other as well.
pub(super) const UNITS: [&str; 2] = [
    "OU=Desktops,DC=demolab,DC=example",
    "CN=Computers,DC=demolab,DC=example",
];

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "IdentityGetContainer" => container,
        "IdentityGetMachines" => machines,
        "IdentityGetUsers" => users,
        "IdentityValidateUser" => validate_user,
        "IdentityGetServiceAccounts" => {
            |context| resource::list(context, ResourceKind::ServiceAccount)
        }
        "IdentityCreateServiceAccount" => {
            |context| resource::create(context, ResourceKind::ServiceAccount)
        }
        "IdentityGetServiceAccount" => {
            |context| resource::get(context, ResourceKind::ServiceAccount)
        }
        "IdentitySetServiceAccount" => {
            |context| resource::update(context, ResourceKind::ServiceAccount)
        }
        "IdentityDeleteServiceAccount" => {
            |context| resource::delete(context, ResourceKind::ServiceAccount)
        }
        _ => return None,
    })
}

/// Returns whether the directory accepts a name that it does not list: one with a domain, or a SID.
pub(super) fn may_be_somebody(name: &str) -> bool {
    let named = |separator: char| {
        let parts = name.split_once(separator);
        parts.is_some_and(|(left, right)| !left.trim().is_empty() && !right.trim().is_empty())
    };
    named('\\') || named('@') || name.starts_with("S-1-")
}

/// Describes an account that the directory accepts but does not list.
pub(super) fn stranger(name: &str) -> Value {
    Value::Object(described(name, None))
}

fn described(name: &str, display_name: Option<&Value>) -> Map<String, Value> {
    let account = match name.split_once('@') {
        Some((account, _)) => format!("DEMOLAB\\{account}"),
        None => name.to_owned(),
    };
    let mut fields = match serde_json::to_value(UserView(&account)) {
        Ok(Value::Object(fields)) => fields,
        // The view has string keys, so this cannot happen.
        _ => Map::new(),
    };
    if let Some(name) = display_name {
        fields.insert("DisplayName".to_owned(), name.clone());
    }
    if account.to_lowercase().ends_with("users") {
        fields.insert("IsGroup".to_owned(), json!(true));
    }
    fields
}

/// Derives a GUID from a name, always the same one.
pub(super) fn guid_of(name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.to_lowercase().as_bytes())
}

fn container(context: &mut Context<'_>) -> Outcome {
    let wanted = context.name().to_owned();
    let found = UNITS.iter().find(|it| {
        it.eq_ignore_ascii_case(&wanted) || name_of_unit(it).eq_ignore_ascii_case(&wanted)
    });
    // Scripts are tried with the organizational units that they will use in production.
    let path = match found {
        Some(path) => *path,
        None if is_unit(&wanted) => &wanted,
        None => return Err(orchestration::not_found("Container", &wanted)),
    };
    Ok(Reply::json(200, &unit(path, resource::model_of(context))))
}

/// Returns the name of an organizational unit by its path, such as `Sales` for `OU=Sales,DC=demolab,DC=example`.
pub(super) fn name_of_unit(path: &str) -> &str {
    path.split([',', '=']).nth(1).unwrap_or_default()
}

/// Describes an organizational unit.
pub(super) fn unit(path: &str, model: &str) -> Value {
    let name = name_of_unit(path);
    let is_plain = path.to_lowercase().starts_with("cn=");
    filled(model, |field| {
        Some(match field.name {
            "Domain" | "Forest" => json!(DOMAIN),
            "Guid" => json!(guid_of(path)),
            "DistinguishedName" => json!(path),
            "CanonicalName" => json!(format!("{DOMAIN}/{name}")),
            "Name" => json!(name),
            "Type" if is_plain => json!("Container"),
            "Type" => json!("OrganizationalUnit"),
            _ => return None,
        })
    })
}

/// Returns whether a text names an organizational unit in some domain, such as `OU=Sales,DC=demolab,DC=example`.
pub(super) fn is_unit(name: &str) -> bool {
    let parts: Vec<_> = name.split(',').map(|it| it.trim().to_lowercase()).collect();
    let is = |part: &String, kinds: &[&str]| {
        let named = part.split_once('=');
        named.is_some_and(|(kind, name)| kinds.contains(&kind) && !name.is_empty())
    };
    parts.first().is_some_and(|it| is(it, &["ou", "cn"]))
        && parts.last().is_some_and(|it| is(it, &["dc"]))
        && parts.iter().all(|it| is(it, &["ou", "cn", "dc"]))
}

/// Lists the accounts of the site's machines.
fn machines(context: &mut Context<'_>) -> Outcome {
    let sought = SearchCriteria::read(&context.call.query, "machine")?;
    let model = resource::model_of(context);
    let found = context
        .site
        .machines
        .iter()
        .filter(|it| sought.fits(it.name(), ""));
    let mut found: Vec<Value> = found.map(|machine| account_of(machine, model)).collect();
    // Includes the accounts that are not in a catalog yet.
    for name in context
        .call
        .query
        .all("machine")
        .flat_map(|it| it.split(','))
    {
        let name = name.trim().trim_end_matches('$');
        if name.contains('\\') && !context.site.machines.contains(name) {
            let stranger = Machine::new(name, number_of(name), "");
            found.push(account_of(&stranger, model));
        }
    }
    resource::page(context, found.into_iter())
}

/// Derives a number from a name, always the same one, above those of the site's own machines.
pub(super) fn number_of(name: &str) -> u32 {
    let [a, b, c, ..] = guid_of(name).into_bytes();
    u32::from_be_bytes([1, a, b, c])
}

/// Returns a machine's account in the directory.
pub(super) fn account_of(machine: &Machine, model: &str) -> Value {
    let name = machine.name();
    let account = name.rsplit('\\').next().unwrap_or(name);
    filled(model, |field| {
        Some(match field.name {
            "Domain" | "Forest" => json!(DOMAIN),
            "Guid" => json!(guid_of(name)),
            "DistinguishedName" => {
                json!(format!("CN={account},OU=Desktops,DC=demolab,DC=example"))
            }
            "CanonicalName" => json!(format!("{DOMAIN}/Desktops/{account}")),
            "SamName" => json!(format!("{name}$")),
            "SamAccountName" => json!(format!("{account}$")),
            "DnsName" => json!(format!("{account}.{DOMAIN}").to_lowercase()),
            "Sid" => json!(machine_sid(machine)),
            "Enabled" => json!(true),
            "State" => json!("InUse"),
            _ => return None,
        })
    })
}

/// Returns the SID of a machine, as its own responses show it.
pub(super) fn machine_sid(machine: &Machine) -> String {
    let number = 1100 + u64::from(machine.uid());
    format!("S-1-5-21-1004336348-1177238915-682003330-{number}")
}

/// Lists the users and groups that match the query. Those it names exactly are found even if the directory does not
/// list them.
fn users(context: &mut Context<'_>) -> Outcome {
    let query = &context.call.query;
    let sought = SearchCriteria::read(query, "user")?;
    let kind = query.get("userType").unwrap_or("All").to_lowercase();
    let model = resource::model_of(context);
    let site: &Site = context.site;
    let objects = context.objects();
    let known = site.resources(ResourceKind::User).iter();
    let mut strangers = Vec::new();
    let mut found: Vec<Value> = known
        .filter(|user| {
            let described = described(&user.name, user.fields.get("DisplayName"));
            let display = described
                .get("DisplayName")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let other = described
                .get("PrincipalName")
                .and_then(Value::as_str)
                .unwrap_or_default();
            sought.fits(&user.name, display)
                || sought.names.iter().any(|it| it == &other.to_lowercase())
        })
        .map(|user| resource::view(objects, ResourceKind::User, user, model))
        .collect();
    for name in query.all("user").flat_map(|it| it.split(',')) {
        let known = found.iter().any(|it| {
            ["SamName", "PrincipalName", "Sid"].iter().any(|field| {
                it[*field]
                    .as_str()
                    .is_some_and(|it| it.eq_ignore_ascii_case(name))
            })
        });
        if !known && may_be_somebody(name) {
            let user = Resource::new(name).with_id(guid_of(name).to_string());
            found.push(resource::view(objects, ResourceKind::User, &user, model));
            strangers.push(user);
        }
    }
    // From now on, a SID that was returned identifies the same user.
    for user in strangers {
        context.site.resources_mut(ResourceKind::User).push(user);
    }
    found.retain(|it| match kind.as_str() {
        "user" => it["IsGroup"] == false,
        "group" => it["IsGroup"] == true,
        _ => true,
    });
    resource::page(context, found.into_iter())
}

/// Returns the user of the given credentials; any password is accepted.
fn validate_user(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default();
    let (domain, name) = (text("Domain"), text("UserName"));
    let name = if domain.is_empty() || may_be_somebody(name) {
        name.to_owned()
    } else {
        format!("{domain}\\{name}")
    };
    if !may_be_somebody(&name) {
        return Err(orchestration::not_found("User", &name));
    }
    let known = resource::lookup(context.site, ResourceKind::User, &name);
    let user = known.map_or_else(
        || Resource::new(name.as_str()).with_id(guid_of(&name).to_string()),
        std::borrow::Cow::into_owned,
    );
    let model = resource::model_of(context);
    let view = resource::view(context.objects(), ResourceKind::User, &user, model);
    Ok(Reply::json(200, &view))
}

/// The criteria of a directory search.
pub(super) struct SearchCriteria {
    names: Vec<String>,
    starts_with: String,
    contains: String,
    matches: String,
}

impl SearchCriteria {
    pub(super) fn read(query: &Query, name: &str) -> Result<Self, Reply> {
        let text = |name: &str| query.get(name).unwrap_or_default().to_lowercase();
        let domain = text("domain");
        if !domain.is_empty() && domain != DOMAIN && domain != "demolab" {
            return Err(common::not_found("Domain", &domain));
        }
        let names = query.all(name).flat_map(|it| it.split(','));
        Ok(Self {
            names: names.map(|it| it.trim().to_lowercase()).collect(),
            starts_with: text("startsWith"),
            contains: text("contains"),
            matches: text("matches"),
        })
    }

    pub(super) fn fits(&self, name: &str, display_name: &str) -> bool {
        let name = name.to_lowercase();
        let display_name = display_name.to_lowercase();
        let short = name.rsplit('\\').next().unwrap_or_default();
        let pattern = self.matches.trim_matches('*');
        (self.names.is_empty() || self.names.iter().any(|it| *it == name || it == short))
            && (short.starts_with(&self.starts_with) || display_name.starts_with(&self.starts_with))
            && (name.contains(&self.contains) || display_name.contains(&self.contains))
            && (name.contains(pattern) || display_name.contains(pattern))
    }
}
