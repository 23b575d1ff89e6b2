# Journal, settings and secrets: for administrators, the system, the sonda and the kiosk's account only.
#Requires -RunAsAdministrator
param([string]$Account = "kiosk")
$ErrorActionPreference = "Stop"

$folder = Join-Path $env:ProgramData "Kiosk"
New-Item -ItemType Directory -Force $folder, (Join-Path $folder "secrets"), (Join-Path $folder "backups") | Out-Null
$random = [System.Security.Cryptography.RandomNumberGenerator]::Create()
foreach ($name in "receipt-key", "journal-key") {
    $key = Join-Path $folder "secrets\$name"
    if (-not (Test-Path $key)) {
        $bytes = New-Object byte[] 32
        $random.GetBytes($bytes)
        [IO.File]::WriteAllText($key, -join ($bytes | ForEach-Object { $_.ToString("x2") }))
    }
}
# By identifiers, for the names differ with Windows' language: administrators, system, local service.
$grants = "*S-1-5-32-544:(OI)(CI)F", "*S-1-5-18:(OI)(CI)F", "*S-1-5-19:(OI)(CI)M"
if (Get-LocalUser -Name $Account -ErrorAction SilentlyContinue) { $grants += "${Account}:(OI)(CI)M" }
& icacls.exe $folder /inheritance:r /grant:r $grants /T /Q
if ($LASTEXITCODE -ne 0) { throw "icacls ended with $LASTEXITCODE" }
