# Builds dist\kiosk-setup-VERSION.exe on Windows: .venv with requirements-dev.lock, NSIS 3 in PATH.
#   build.ps1 [-Sign 'signtool sign /fd sha256 /tr http://timestamp.example /td sha256 /n "Cooperative" "%1"']
# %1 is the file. Every program and library of the package is signed, then the installer and the uninstaller.
param([string]$Sign = "")
$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "..\..")

$version = & .venv\Scripts\python.exe installer\version.py build\version\VERSION
if ($LASTEXITCODE -ne 0) { throw "no version" }
$four = (($version -replace '[^0-9.].*', '').Split('.') + 0, 0, 0, 0)[0..3] -join ', '
New-Item -ItemType Directory -Force build, dist | Out-Null
@"
VSVersionInfo(
  ffi=FixedFileInfo(filevers=($four), prodvers=($four)),
  kids=[StringFileInfo([StringTable('040904B0', [
    StringStruct('FileDescription', 'Payment kiosk'), StringStruct('ProductName', 'Kiosk'),
    StringStruct('FileVersion', '$version'), StringStruct('ProductVersion', '$version')])]),
    VarFileInfo([VarStruct('Translation', [1033, 1200])])])
"@ | Set-Content build\windows-version.txt -Encoding utf8

& .venv\Scripts\python.exe -m PyInstaller --noconfirm --clean --log-level WARN `
    --workpath build\pyinstaller --distpath build\package installer\kiosk.spec
if ($LASTEXITCODE -ne 0) { throw "PyInstaller ended with $LASTEXITCODE" }
& .venv\Scripts\python.exe installer\bill_of_materials.py build\package\kiosk "dist\kiosk-$version.cdx.json"
if ($LASTEXITCODE -ne 0) { throw "no bill of materials" }
& .venv\Scripts\python.exe installer\notices.py build\package\kiosk build\package\kiosk\third-party-notices.txt.gz
if ($LASTEXITCODE -ne 0) { throw "no notices" }

$options = @("/DVERSION=$version")
if ($Sign) {
    Get-ChildItem build\package\kiosk -Recurse -Include *.exe, *.dll, *.pyd | ForEach-Object {
        & cmd.exe /c ($Sign -replace '%1', $_.FullName)
        if ($LASTEXITCODE -ne 0) { throw "signing $($_.Name) ended with $LASTEXITCODE" }
    }
    $options += "/DSIGN=$Sign"
}
& makensis.exe /WX @options installer\windows\kiosk.nsi
if ($LASTEXITCODE -ne 0) { throw "makensis ended with $LASTEXITCODE" }
