# The sonda as a background task: from the start of Windows, without anybody signed in, started again when it ends.
# A console program can not be a Windows service without a wrapper; the task scheduler needs none.
#Requires -RunAsAdministrator
param([switch]$Install, [switch]$Remove)
$ErrorActionPreference = "Stop"

$name = "Kiosk sonda"
if ($Install) {
    $settings = Join-Path $env:ProgramData "Kiosk\kiosk.toml"
    $action = New-ScheduledTaskAction -Execute (Join-Path $PSScriptRoot "kiosk.exe") -Argument "sonda --config `"$settings`""
    $start = New-ScheduledTaskTrigger -AtStartup
    $user = New-ScheduledTaskPrincipal -UserId "NT AUTHORITY\LOCAL SERVICE" -LogonType ServiceAccount
    $options = New-ScheduledTaskSettingsSet -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) `
        -ExecutionTimeLimit ([TimeSpan]::Zero) -MultipleInstances IgnoreNew -StartWhenAvailable `
        -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries
    Register-ScheduledTask -TaskName $name -Action $action -Trigger $start -Principal $user -Settings $options -Force | Out-Null
}
elseif ($Remove) { Unregister-ScheduledTask -TaskName $name -Confirm:$false -ErrorAction SilentlyContinue }
else { throw "sonda.ps1 -Install or -Remove" }
