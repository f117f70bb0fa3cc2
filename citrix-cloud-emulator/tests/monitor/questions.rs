//! What administrators ask: each query is answered as the raw rows say.

use serde_json::Value;

use crate::client::Office;
use crate::raw::{Both, Raw};
use failures::*;
use machines::*;
use sessions::*;

#[path = "questions/failures.rs"]
mod failures;
#[path = "questions/machines.rs"]
mod machines;
#[path = "questions/sessions.rs"]
mod sessions;

/// Number of the question, its query, and what is made of the answer.
type Question = (&'static str, &'static str, fn(&Raw, &[Value]) -> Both);

const QUESTIONS: [Question; 44] = [
    (
        "A01",
        "SessionActivitySummaries?$filter=Granularity eq 60 and SummaryDate ge 2026-01-02T00:00:00Z and SummaryDate lt 2026-01-03T00:00:00Z&$select=SummaryDate,DesktopGroupId,ConcurrentSessionCount&$expand=DesktopGroup($select=Name)&$orderby=SummaryDate asc",
        hours,
    ),
    (
        "A02",
        "SessionActivitySummaries?$filter=Granularity eq 1440 and SummaryDate ge 2025-12-29T00:00:00Z&$select=SummaryDate,DesktopGroupId,ConcurrentSessionCount,ConnectedSessionCount,DisconnectedSessionCount",
        days,
    ),
    (
        "A03",
        "SessionActivitySummaries?$apply=filter(Granularity eq 60 and SummaryDate ge 2026-01-02T00:00:00Z)/groupby((SummaryDate),aggregate(ConcurrentSessionCount with sum as Concurrent))&$orderby=SummaryDate asc",
        site_hours,
    ),
    (
        "A04",
        "SessionActivitySummaries?$filter=Granularity eq 60 and SummaryDate ge 2026-01-02T00:00:00Z&$select=SummaryDate,DesktopGroupId,TotalLogOnDuration,TotalLogOnCount",
        means,
    ),
    (
        "A05",
        "LogOnSummaries?$filter=Granularity eq 60 and SummaryDate ge 2026-01-02T00:00:00Z",
        phases,
    ),
    (
        "A06",
        "Sessions?$filter=StartDate ge 2026-01-05T00:00:00Z and EndDate ne null&$select=SessionKey,LogOnDuration&$expand=Connections($filter=IsReconnect eq false),User($select=UserName),Machine($select=Name)",
        one_logon,
    ),
    (
        "A07",
        "Sessions?$filter=StartDate ge 2025-12-29T00:00:00Z and LogOnDuration gt 60000&$select=SessionKey,StartDate,LogOnDuration&$expand=User($select=UserName),Machine($select=Name)&$orderby=LogOnDuration desc&$top=50",
        slow,
    ),
    (
        "A08",
        "ConnectionFailureLogs?$apply=filter(FailureDate ge 2025-12-05T00:00:00Z)/groupby((ConnectionFailureEnumValue),aggregate(Id with countdistinct as FailureCount))",
        reasons,
    ),
    (
        "A09",
        "FailureLogSummaries?$filter=FailureCategory eq 1 and Granularity eq 1440 and SummaryDate ge 2025-11-01T00:00:00Z",
        long_reasons,
    ),
    (
        "A10",
        "ConnectionFailureLogs?$filter=FailureDate ge 2026-01-01T00:00:00Z&$expand=User($select=UserName,Upn),Machine($select=Name)",
        failing_users,
    ),
    (
        "A11",
        "FailureLogSummaries?$filter=FailureCategory eq 1 and Granularity eq 60 and SummaryDate ge 2026-01-02T00:00:00Z&$select=SummaryDate,FailureCount",
        failure_hours,
    ),
    (
        "A12",
        "ConnectionFailureLogs?$filter=FailureDate ge 2026-01-05T00:00:00Z and MachineId ne null&$select=MachineId,UserId,FailureDate",
        black_holes,
    ),
    (
        "A13",
        "Machines?$filter=LifecycleState eq 0 and FaultState gt 1&$select=Name,FaultState,FailureDate,LastDeregisteredCode,LastDeregisteredDate&$expand=DesktopGroup($select=Name)",
        failed_machines,
    ),
    (
        "A14",
        "MachineFailureLogs?$filter=FailureEndDate eq null&$expand=Machine($select=Name)",
        open_failures,
    ),
    (
        "A15",
        "Machines?$filter=LifecycleState eq 0 and MachineRole eq 0 and CurrentRegistrationState eq 2 and CurrentPowerState eq 3&$select=Name,LastDeregisteredCode,AgentVersion,ControllerDnsName&$expand=DesktopGroup($select=Name),Catalog($select=Name)",
        unregistered,
    ),
    (
        "A16",
        "Machines?$filter=LifecycleState eq 0 and IsInMaintenanceMode eq true&$select=Name,CurrentSessionCount&$expand=DesktopGroup($select=Name)",
        maintenance,
    ),
    (
        "A17",
        "Machines?$apply=filter(LifecycleState eq 0 and MachineRole eq 0)/groupby((CurrentRegistrationState),aggregate(Id with countdistinct as Machines))",
        registrations,
    ),
    (
        "A18",
        "Machines?$apply=filter(LifecycleState eq 0)/groupby((AgentVersion),aggregate(Id with countdistinct as Machines))",
        versions,
    ),
    (
        "A19",
        "ApplicationActivitySummaries?$filter=Granularity eq 1440 and SummaryDate ge 2025-12-29T00:00:00Z&$expand=Application($select=Name),DesktopGroup($select=Name)",
        application_use,
    ),
    (
        "A20",
        "Applications?$filter=LifecycleState eq 0&$select=Id,Name&$expand=ApplicationInstances($top=1;$select=Id)",
        unused_applications,
    ),
    (
        "A21",
        "ApplicationInstances?$filter=Application/Name eq 'Notepad' and StartDate ge 2026-01-01T00:00:00Z&$expand=Session($select=StartDate,EndDate;$expand=User($select=UserName),Machine($select=Name))",
        who_used,
    ),
    (
        "A22",
        "Machines?$filter=LifecycleState eq 0 and MachineRole eq 0 and CurrentPowerState eq 3 and CurrentSessionCount eq 0&$select=Name&$expand=DesktopGroup($select=Name)",
        empty_machines,
    ),
    (
        "A23",
        "ResourceUtilizationSummary?$filter=Granularity eq 1440 and SummaryDate ge 2026-01-02T00:00:00Z and SummaryDate lt 2026-01-03T00:00:00Z and UptimeInMinutes gt 0&$select=MachineId,SummaryDate,UptimeInMinutes,UpTimeWithoutSessionInMinutes,PeakPercentCpu&$expand=Machine($select=Name)",
        idle_days,
    ),
    (
        "A24",
        "Machines?$filter=LifecycleState eq 0 and MachineRole eq 0&$select=Id,Name&$expand=Sessions($select=StartDate;$orderby=StartDate desc;$top=1)",
        last_uses,
    ),
    (
        "A25",
        "Machines?$filter=LifecycleState eq 0 and CurrentPowerState eq 3&$select=Name,CurrentSessionCount&$expand=CurrentLoadIndex",
        loads_now,
    ),
    (
        "A26",
        "LoadIndexSummaries?$filter=Granularity eq 60 and SummaryDate ge 2026-01-02T00:00:00Z and SummaryDate lt 2026-01-03T00:00:00Z&$expand=Machine($select=Name)",
        load_hours,
    ),
    (
        "A27",
        "Sessions?$filter=ConnectionState eq 2 and EndDate eq null and ConnectionStateChangeDate lt 2026-01-05T00:30:00Z&$select=SessionKey,StartDate,ConnectionStateChangeDate&$expand=User($select=UserName),Machine($select=Name)",
        long_gone,
    ),
    (
        "A28",
        "Sessions?$filter=ConnectionState eq 5 and EndDate eq null and SessionIdleTime ne null&$select=SessionKey,SessionIdleTime&$expand=User($select=UserName),Machine($select=Name)",
        idle_now,
    ),
    (
        "A29",
        "Sessions?$filter=User/UserName eq 'USER59317' and StartDate ge 2025-12-25T00:00:00Z&$expand=Machine($select=Name;$expand=DesktopGroup($select=Name)),Connections,Failure&$orderby=StartDate desc",
        one_user,
    ),
    (
        "A30",
        "Sessions?$filter=StartDate le 2026-01-02T09:00:00Z and (EndDate eq null or EndDate ge 2026-01-02T09:00:00Z)&$expand=User($select=UserName),Machine($select=Name)",
        then,
    ),
    (
        "A31",
        "Connections?$apply=filter(LogOnStartDate ge 2025-12-29T00:00:00Z)/groupby((ClientPlatform,ClientVersion),aggregate(Id with countdistinct as Connections))",
        clients,
    ),
    (
        "A32",
        "Connections?$filter=LogOnStartDate ge 2026-01-05T00:00:00Z&$select=ClientLocationCountry,ClientLocationCity,ClientISP,ClientPublicIP",
        locations,
    ),
    (
        "A33",
        "Sessions?$filter=EndDate eq null and ConnectionState eq 5&$select=SessionKey&$expand=SessionMetricsLatest,User($select=UserName),Machine($select=Name)",
        round_trips,
    ),
    (
        "A34",
        "SessionAutoReconnects?$filter=CreatedDate ge 2026-01-01T00:00:00Z&$expand=Session($select=SessionKey;$expand=User($select=UserName),Machine($select=Name))",
        reconnects,
    ),
    (
        "A35",
        "ApplicationFaults?$filter=FaultReportedDate ge 2026-01-04T00:00:00Z&$expand=Machine($select=Name),Session($select=SessionKey;$expand=User($select=UserName))",
        crashes,
    ),
    (
        "A36",
        "ProcessUtilizationHourSummary?$filter=SummaryDate ge 2026-01-05T05:00:00Z&$expand=ProcessInfo,Machine($select=Name)",
        processes,
    ),
    (
        "A37",
        "Sessions?$apply=filter(StartDate ge 2026-01-02T00:00:00Z and StartDate lt 2026-01-03T00:00:00Z)/aggregate(UserId with countdistinct as Users)",
        users_of_a_day,
    ),
    (
        "A38",
        "MachineSummaries?$filter=Granularity eq 60 and SummaryDate ge 2026-01-02T00:00:00Z and SummaryDate lt 2026-01-03T00:00:00Z&$expand=DesktopGroup($select=Name)",
        powered_on,
    ),
    (
        "A39",
        "MachineCostSavingsSummaries?$filter=Granularity eq 1 and SummaryDate ge 2026-01-02T00:00:00Z and SummaryDate lt 2026-01-03T00:00:00Z",
        savings,
    ),
    (
        "A40",
        "Notifications?$filter=LifecycleState eq 1&$expand=NotificationRule($select=Name),NotificationTarget",
        alerts,
    ),
    (
        "A41",
        "SessionLogonMetrics?$filter=Session/StartDate ge 2026-01-02T00:00:00Z and Session/LogOnDuration gt 60000",
        profiles,
    ),
    (
        "A42",
        "LhcReport?$filter=StartDate ge 2025-11-01T00:00:00Z",
        outages,
    ),
    (
        "A43",
        "MachineHotfixLogs?$expand=Hotfix,Machine($select=Name)&$filter=CreatedDate ge 2025-12-01T00:00:00Z",
        hotfixes,
    ),
    ("A44", "TaskLogs?$filter=Result eq 2", failed_tasks),
];

#[tokio::test]
async fn each_question_is_answered_as_the_raw_rows_say() {
    let office = Office::patient().await;
    let raw = Raw::of(&office).await;
    let mut wrong = Vec::new();
    for (number, (id, query, check)) in QUESTIONS.iter().enumerate() {
        assert_eq!(*id, format!("A{:02}", number + 1));
        let rows = office.rows(query).await;
        let (said, wanted) = check(&raw, &rows);
        if said != wanted || said.is_empty() {
            let only = |one: &[String], two: &[String]| {
                let only = one.iter().filter(|it| !two.contains(it)).take(3);
                only.cloned().collect::<Vec<_>>()
            };
            let (more, less) = (only(&said, &wanted), only(&wanted, &said));
            wrong.push(format!(
                "{id}: {} rows said, {} wanted\n  too much {more:?}\n  missing {less:?}",
                said.len(),
                wanted.len()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
