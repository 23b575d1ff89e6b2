; Installer of the kiosk for Windows 10/11 Enterprise or IoT, 64 bit. Built on Windows by build.ps1; makensis on
; Debian checks it too (check.sh).
;   kiosk-setup.exe /S [/D=C:\Program Files\Kiosk]      silent
;   uninstall.exe /S                                    silent: the journal always stays
; Exit codes: 0 done, 1 cancelled, 2 failed.
Unicode true
!include "MUI2.nsh"
!include "x64.nsh"
!include "FileFunc.nsh"
!include "LogicLib.nsh"

!ifndef VERSION
  !define VERSION "0.0.0"
!endif
!ifndef TREE
  !define TREE "..\..\build\package\kiosk"
!endif
!ifndef OUT
  !define OUT "..\..\dist\kiosk-setup-${VERSION}.exe"
!endif
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Kiosk"

Name "Kiosk ${VERSION}"
OutFile "${OUT}"
InstallDir "$PROGRAMFILES64\Kiosk"
RequestExecutionLevel admin
ManifestSupportedOS Win10
SetCompressor /SOLID lzma
ShowInstDetails show
; Signing: build.ps1 -Sign gives a command with %1 for the file; without it nothing is signed.
!ifdef SIGN
  !finalize '${SIGN}'
  !uninstfinalize '${SIGN}'
!endif

!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "Spanish"
!insertmacro MUI_LANGUAGE "English"

LangString Not64 ${LANG_SPANISH} "El kiosco necesita Windows de 64 bits."
LangString Not64 ${LANG_ENGLISH} "The kiosk needs 64-bit Windows."
LangString NotStopped ${LANG_SPANISH} "El kiosco o su sonda no se detuvieron; no se cambió nada."
LangString NotStopped ${LANG_ENGLISH} "The kiosk or its sonda did not stop; nothing was changed."
LangString NoCopy ${LANG_SPANISH} "No se pudo copiar la bitácora; no se cambió nada."
LangString NoCopy ${LANG_ENGLISH} "The journal could not be copied; nothing was changed."
LangString Keep ${LANG_SPANISH} "¿Conservar la bitácora de pagos de este terminal ($0)?$\r$\n$\r$\nNadie puede rehacerla. Responda No solo si ya está archivada."
LangString Keep ${LANG_ENGLISH} "Keep this terminal's journal of payments ($0)?$\r$\n$\r$\nNobody can make it again. Answer No only once it is archived."
LangString Sure ${LANG_SPANISH} "¿Borrar la bitácora definitivamente?"
LangString Sure ${LANG_ENGLISH} "Delete the journal for good?"

!macro Stop un
Function ${un}Stop
  DetailPrint "Stopping the kiosk and its sonda"
  nsExec::ExecToLog 'schtasks.exe /End /TN "Kiosk sonda"'
  Pop $1
  nsExec::ExecToLog 'taskkill.exe /T /IM kioskw.exe' ; asked first: a call under way may end
  Pop $1
  Sleep 5000
  nsExec::ExecToLog 'taskkill.exe /F /T /IM kioskw.exe'
  Pop $1
  nsExec::ExecToLog 'taskkill.exe /F /T /IM kiosk.exe'
  Pop $1
  Sleep 1000
  ${If} ${FileExists} "$INSTDIR\kiosk.exe"
    ; A program that still runs can not be renamed.
    ClearErrors
    Rename "$INSTDIR\kiosk.exe" "$INSTDIR\kiosk.old"
    ${If} ${Errors}
      MessageBox MB_ICONSTOP|MB_OK "$(NotStopped)" /SD IDOK
      SetErrorLevel 2
      Abort
    ${EndIf}
    Rename "$INSTDIR\kiosk.old" "$INSTDIR\kiosk.exe"
  ${EndIf}
FunctionEnd
!macroend
!insertmacro Stop ""
!insertmacro Stop "un."

Function .onInit
  ${IfNot} ${RunningX64}
    MessageBox MB_ICONSTOP|MB_OK "$(Not64)" /SD IDOK
    SetErrorLevel 2
    Abort
  ${EndIf}
  SetRegView 64
  SetShellVarContext all
FunctionEnd

Section "Kiosk"
  Call Stop
  ; The program that is still installed copies the journal, in the schema it knows, before it goes.
  StrCpy $0 "$APPDATA\Kiosk" ; all users: C:\ProgramData\Kiosk
  ${If} ${FileExists} "$INSTDIR\kiosk.exe"
  ${AndIf} ${FileExists} "$0\journal.sqlite"
    CreateDirectory "$0\backups"
    ${GetTime} "" "L" $2 $3 $4 $5 $6 $7 $8
    nsExec::ExecToLog '"$INSTDIR\kiosk.exe" journal backup --config "$0\kiosk.toml" "$0\backups\journal-before-$4$3$2-$6$7$8.sqlite"'
    Pop $1
    ${If} $1 != 0
      MessageBox MB_ICONSTOP|MB_OK "$(NoCopy)" /SD IDOK
      SetErrorLevel 2
      Abort
    ${EndIf}
  ${EndIf}
  RMDir /r "$INSTDIR\_internal"
  SetOutPath "$INSTDIR"
  File /r "${TREE}\*.*"
  File "shell.ps1"
  File "sonda.ps1"
  File "secure.ps1"

  SetOutPath "$0"
  CreateDirectory "$0\secrets"
  ${IfNot} ${FileExists} "$0\kiosk.toml"
    File "kiosk.toml"
  ${EndIf}
  SetOutPath "$INSTDIR"
  ; Journal, settings and secrets: for administrators, the system and the kiosk's account only.
  nsExec::ExecToLog 'powershell.exe -NoProfile -ExecutionPolicy Bypass -File "$INSTDIR\secure.ps1"'
  Pop $1
  ${If} $1 != 0
    SetErrorLevel 2
    Abort
  ${EndIf}
  ; No crash dump: it would hold what a member typed.
  WriteRegDWORD HKLM "SOFTWARE\Microsoft\Windows\Windows Error Reporting\ExcludedApplications" "kioskw.exe" 1
  WriteRegDWORD HKLM "SOFTWARE\Microsoft\Windows\Windows Error Reporting\ExcludedApplications" "kiosk.exe" 1
  nsExec::ExecToLog 'powershell.exe -NoProfile -ExecutionPolicy Bypass -File "$INSTDIR\sonda.ps1" -Install'
  Pop $1

  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKLM "${KEY}" "DisplayName" "Kiosk"
  WriteRegStr HKLM "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKLM "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${KEY}" "NoModify" 1
  WriteRegDWORD HKLM "${KEY}" "NoRepair" 1
SectionEnd

Function un.onInit
  SetRegView 64
  SetShellVarContext all
FunctionEnd

Section "Uninstall"
  Call un.Stop
  nsExec::ExecToLog 'powershell.exe -NoProfile -ExecutionPolicy Bypass -File "$INSTDIR\sonda.ps1" -Remove'
  Pop $1
  nsExec::ExecToLog 'powershell.exe -NoProfile -ExecutionPolicy Bypass -File "$INSTDIR\shell.ps1" -Remove'
  Pop $1
  DeleteRegKey HKLM "${KEY}"
  DeleteRegValue HKLM "SOFTWARE\Microsoft\Windows\Windows Error Reporting\ExcludedApplications" "kioskw.exe"
  DeleteRegValue HKLM "SOFTWARE\Microsoft\Windows\Windows Error Reporting\ExcludedApplications" "kiosk.exe"
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\kiosk.exe"
  Delete "$INSTDIR\kioskw.exe"
  Delete "$INSTDIR\*.ps1"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"

  StrCpy $0 "$APPDATA\Kiosk"
  ${If} ${FileExists} "$0\journal.sqlite"
    ; Asked twice, and a silent removal keeps it.
    MessageBox MB_ICONQUESTION|MB_YESNO|MB_DEFBUTTON1 "$(Keep)" /SD IDYES IDYES kept
    MessageBox MB_ICONEXCLAMATION|MB_YESNO|MB_DEFBUTTON2 "$(Sure)" /SD IDNO IDNO kept
    RMDir /r "$0"
  ${EndIf}
  kept:
SectionEnd
