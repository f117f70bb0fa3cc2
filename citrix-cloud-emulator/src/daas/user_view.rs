//! A user in responses.

use serde::{Serialize, Serializer, ser::SerializeMap};

/// Properties that are always present, and always null here.
const UNKNOWN: [&str; 10] = [
    "DaysUntilPasswordExpiry",
    "StreetAddress",
    "City",
    "State",
    "Country",
    "TelephoneNumber",
    "HomePhone",
    "Mobile",
    "Claims",
    "Directory",
];

/// Groups of every user in a Windows domain.
const GROUPS: [&str; 6] = [
    "S-1-1-0",
    "S-1-5-11",
    "S-1-5-15",
    "S-1-5-32-545",
    "S-1-5-21-1004336348-1177238915-682003330-513",
    "S-1-5-21-1004336348-1177238915-682003330-1104",
];

/// Derives a number from a name, always the same one.
fn number_of(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

/// Returns the SID of a user, `DOMAIN\name`. A SID is returned unchanged.
pub(super) fn sid_of(user: &str) -> String {
    if user.starts_with("S-1-") {
        return user.to_owned();
    }
    let name = user.rsplit('\\').next().unwrap_or(user);
    let number = number_of(name) % 90_000 + 10_000;
    format!("S-1-5-21-1004336348-1177238915-682003330-{number}")
}

/// A user, `DOMAIN\name`, as `IdentityUserResponseModel`.
pub(super) struct UserView<'a>(pub(super) &'a str);

impl Serialize for UserView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (domain, name) = self.0.split_once('\\').unwrap_or(("", self.0));
        let mail = format!("{name}@demolab.example");
        let (number, sid) = (number_of(name), sid_of(self.0));
        let guid = uuid::Uuid::from_u64_pair(number | 0x4000, !number).to_string();
        let mut it = serializer.serialize_map(None)?;
        it.serialize_entry("Domain", domain)?;
        it.serialize_entry("Forest", "demolab.example")?;
        it.serialize_entry("Guid", &guid)?;
        it.serialize_entry(
            "DistinguishedName",
            &format!("CN={name},CN=Users,DC=demolab,DC=example"),
        )?;
        it.serialize_entry("CanonicalName", &format!("demolab.example/Users/{name}"))?;
        it.serialize_entry("PossibleLookupFailure", &false)?;
        it.serialize_entry("DirectoryServer", "dc01.demolab.example")?;
        it.serialize_entry("DisplayName", name)?;
        it.serialize_entry("SamName", self.0)?;
        it.serialize_entry("SamAccountName", name)?;
        it.serialize_entry("CommonName", name)?;
        it.serialize_entry("PrincipalName", &mail)?;
        it.serialize_entry("Oid", &format!("AD:{sid}"))?;
        it.serialize_entry("Sid", &sid)?;
        it.serialize_entry("UserIdentity", &sid)?;
        it.serialize_entry("GroupSids", &GROUPS)?;
        it.serialize_entry("DenyOnlySids", &[(); 0])?;
        it.serialize_entry("PasswordCanExpire", &true)?;
        it.serialize_entry("IsBuiltIn", &false)?;
        it.serialize_entry("IsGroup", &false)?;
        it.serialize_entry("Name", name)?;
        it.serialize_entry("Mail", &mail)?;
        it.serialize_entry("Enabled", &true)?;
        it.serialize_entry("Locked", &false)?;
        it.serialize_entry("PropertiesFetched", &0x7ff)?;
        for name in UNKNOWN {
            it.serialize_entry(name, &())?;
        }
        it.end()
    }
}
