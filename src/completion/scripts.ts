/** The shells that have a script, in the order of the help. */
export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

type Shell = (typeof SHELLS)[number];

/** Said by `mmai complete` instead of candidates: the shell completes a path itself. */
export const FILES = '@files';

/**
 * A script for each shell. It calls `mmai complete` at each tab, so it never goes out of date; each line of its output is a value,
 * and after a tab its description. No word of the command line is ever evaluated, and what goes into it is quoted: the name of a
 * profile or a file may hold anything.
 */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  // Also for bash 3.2 of macOS: no mapfile, no negative index, compopt only where it is.
  bash: `_mmai() {
  local IFS=$'\\n' i line prefix='' current='' quoting=yes
  local -a words=()
  # bash breaks words at =, : and @ as well; put --flag=value together again. An @ may also begin a word.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    if ((i > 1)) && [[ \${COMP_WORDS[i]} == [=:]* || $current == *[=:@] ||
      \${COMP_WORDS[i]} == @* && $COMP_LINE == *"$current@"* ]]; then
      current+=\${COMP_WORDS[i]}
    else
      ((i > 1)) && words+=("$current")
      current=\${COMP_WORDS[i]}
    fi
  done
  # In quotation marks only plain values are offered: bash puts them in as they are.
  if [[ $current == *[\\'\\"]* ]]; then quoting=no; fi
  current=\${current//[\\\\\\'\\"]/}
  # It replaces only what follows the last of them; an @ itself, too.
  if [[ $current == *[=:]* ]]; then prefix=\${current%"\${current##*[=:]}"}; fi
  if [[ \${current#"$prefix"} == *@* ]]; then prefix=\${current%@*}; fi
  COMPREPLY=()
  while read -r line; do
    if [[ $line == ${FILES} ]]; then
      # It quotes the names itself, where it knows that they are files.
      compopt -o filenames 2>/dev/null && quoting=done
      while read -r line; do _mmai_add "$line"; done < <(compgen -f -- "\${current#"$prefix"}")
      return
    fi
    line=\${line%%$'\\t'*}
    _mmai_add "\${line#"$prefix"}"
  done < <(mmai complete "--word=$current" -- \${words[@]+"\${words[@]}"} 2>/dev/null)
}
# What a value holds must not be run by the Enter after the tab.
_mmai_add() {
  local value=$1
  if [[ $quoting != done && $value == *[!A-Za-z0-9_./:=@%+,-]* ]]; then
    [[ $quoting == no ]] && return
    printf -v value %q "$value"
  fi
  COMPREPLY+=("$value")
}
complete -F _mmai mmai
`,
  // A candidate without a description must have no colon either: _describe would list a "--" beside it.
  zsh: `#compdef mmai
_mmai() {
  local line value description
  local -a lines candidates
  lines=("\${(@f)$(mmai complete "--word=$PREFIX" -- "\${(@Q)words[2,CURRENT-1]}" 2>/dev/null)}")
  if [[ $lines[1] == ${FILES} ]]; then
    compset -P '--*='
    _files
    return
  fi
  for line in $lines; do
    description=\${line#*$'\\t'}
    value=\${\${line%%$'\\t'*}//\\\\/\\\\\\\\}
    candidates+=("\${value//:/\\\\:}\${description:+:$description}")
  done
  _describe -V mmai candidates -M 'm:{a-zA-Z}={A-Za-z}'
}
if [[ $funcstack[1] == _mmai ]]; then _mmai "$@"; else compdef _mmai mmai; fi
`,
  fish: `function __mmai_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l current (commandline -ct)
    set -l lines (mmai complete "--word=$current" -- $words 2>/dev/null)
    if test "$lines[1]" = ${FILES}
        set -l prefix (string match -r -- '^--[^=]+=' $current)
        set -l path (string replace -r -- '^--[^=]+=' '' $current)
        for file in (__fish_complete_path "$path")
            printf '%s\\n' "$prefix$file"
        end
    else
        printf '%s\\n' $lines
    end
end
complete -c mmai -f -a '(__mmai_complete)'
`,
  // PowerShell before 7.3 drops empty arguments, so the word under the cursor never travels alone.
  powershell: `Register-ArgumentCompleter -Native -CommandName mmai -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString().Trim('"', "'") })
    $encoding = [Console]::OutputEncoding
    [Console]::OutputEncoding = [System.Text.Encoding]::UTF8
    try { $lines = @(mmai complete "--word=$wordToComplete" -- @words 2>$null) } finally { [Console]::OutputEncoding = $encoding }
    foreach ($line in $lines) {
        if ($line -eq '${FILES}') { return }
        $value, $description = $line -split "\`t", 2
        if (-not $description) { $description = $value }
        # Whatever is not plain goes in between single quotes, of which PowerShell knows five.
        $text = $value
        if ($value -notmatch '^[\\w./:=+-]+$') { $text = "'" + ($value -replace "['\\u2018-\\u201B]", '$0$0') + "'" }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $description)
    }
}
`,
};
