# The kiosk as the only shell of its account: Shell Launcher (Windows 10/11 Enterprise, Education, IoT Enterprise).
# Assigned Access' single app wants a store app or Edge, so it is not for the kiosk.
#   shell.ps1 -Install [-Account kiosk]     creates the account, signs it in by itself, gives it its shell
#   shell.ps1 -Remove  [-Account kiosk]
#Requires -RunAsAdministrator
param([switch]$Install, [switch]$Remove, [string]$Account = "kiosk")
$ErrorActionPreference = "Stop"

$space = "root\standardcimv2\embedded"
$program = Join-Path $PSScriptRoot "kioskw.exe"
$settings = Join-Path $env:ProgramData "Kiosk\kiosk.toml"
# What Shell Launcher does when the shell ends: 0 start it again, 3 do nothing.
$startAgain = 0
$nothing = 3

function Get-Sid([string]$name) {
    (New-Object System.Security.Principal.NTAccount($name)).Translate([System.Security.Principal.SecurityIdentifier]).Value
}

if ($Install) {
    $feature = Get-WindowsOptionalFeature -Online -FeatureName Client-EmbeddedShellLauncher
    if ($feature.State -ne "Enabled") {
        Enable-WindowsOptionalFeature -Online -FeatureName Client-EmbeddedShellLauncher -All -NoRestart | Out-Null
        Write-Output "Shell Launcher was switched on: restart Windows, then run this again."
        exit 3010
    }
    if (-not (Get-LocalUser -Name $Account -ErrorAction SilentlyContinue)) {
        New-LocalUser -Name $Account -NoPassword -AccountNeverExpires -UserMayNotChangePassword | Out-Null
        Add-LocalGroupMember -SID "S-1-5-32-545" -Member $Account # Users, by whatever name
    }
    & (Join-Path $PSScriptRoot "secure.ps1") -Account $Account
    $launcher = [wmiclass]"\\localhost\${space}:WESL_UserSetting"
    $launcher.SetDefaultShell("explorer.exe", $nothing) | Out-Null
    $sid = Get-Sid $Account
    try { $launcher.RemoveCustomShell($sid) | Out-Null } catch { Write-Verbose "no shell yet" }
    $codes, $actions = @(2), @($nothing) # 2: the settings can not be used; another start would not help
    $launcher.SetCustomShell($sid, "`"$program`" run --config `"$settings`"", $codes, $actions, $startAgain) | Out-Null
    $launcher.SetEnabled($true) | Out-Null

    $winlogon = "HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon"
    Set-ItemProperty $winlogon AutoAdminLogon "1"
    Set-ItemProperty $winlogon DefaultUserName $Account
    Set-ItemProperty $winlogon DefaultPassword ""
    # Five times Shift, edge swipes and the like must open nothing.
    New-Item "HKLM:\SOFTWARE\Policies\Microsoft\Windows\EdgeUI" -Force | Out-Null
    Set-ItemProperty "HKLM:\SOFTWARE\Policies\Microsoft\Windows\EdgeUI" AllowEdgeSwipe 0 -Type DWord
    Write-Output "The account $Account starts the kiosk. For the keyboard: Keyboard Filter (docs/install.md)."
}
elseif ($Remove) {
    try {
        $launcher = [wmiclass]"\\localhost\${space}:WESL_UserSetting"
        $launcher.RemoveCustomShell((Get-Sid $Account)) | Out-Null
    }
    catch { Write-Output "No shell of $Account to remove: $($_.Exception.Message)" }
    $winlogon = "HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon"
    if ((Get-ItemProperty $winlogon).DefaultUserName -eq $Account) { Set-ItemProperty $winlogon AutoAdminLogon "0" }
}
else { throw "shell.ps1 -Install or -Remove" }
