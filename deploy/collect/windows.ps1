# Prints what is installed on this Windows machine, for `warrant discover`. Reads only; sends nothing; needs no rights.
#
#   powershell -File windows.ps1 software   | Out-File -Encoding utf8 software.csv
#   powershell -File windows.ps1 extensions | Out-File -Encoding utf8 extensions.txt
#
# `winget list > software.txt` is understood as well.
param([Parameter(Mandatory = $true)][ValidateSet('software', 'extensions')][string]$What)

if ($What -eq 'software') {
    # the lists that "Installed apps" shows: for the machine (64 and 32 bit) and for this user
    $keys = 'HKLM:\Software\Microsoft\Windows\CurrentVersion\Uninstall\*',
            'HKLM:\Software\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall\*',
            'HKCU:\Software\Microsoft\Windows\CurrentVersion\Uninstall\*'
    Get-ItemProperty $keys -ErrorAction SilentlyContinue | Where-Object DisplayName |
        Select-Object DisplayName, DisplayVersion, Publisher | Sort-Object DisplayName -Unique | ConvertTo-Csv -NoTypeInformation
} else {
    # each browser extension lies in a folder that is named by its id; editors name theirs publisher.name-version
    $browsers = "$env:LOCALAPPDATA\*\*\User Data\*\Extensions\*", "$env:LOCALAPPDATA\*\User Data\*\Extensions\*"
    Get-ChildItem $browsers -Directory -ErrorAction SilentlyContinue | ForEach-Object Name | Where-Object { $_ -match '^[a-p]{32}$' } | Sort-Object -Unique
    $editors = "$env:USERPROFILE\.vscode*\extensions\*", "$env:USERPROFILE\.cursor\extensions\*", "$env:USERPROFILE\.windsurf\extensions\*"
    Get-ChildItem $editors -Directory -ErrorAction SilentlyContinue | ForEach-Object { $_.Name -replace '-\d+(\.\d+)+.*$', '' } | Sort-Object -Unique
}
