# bash completion for mailtool; the program itself knows the candidates.

_mailtool() {
  local cur prev words cword answer line
  _init_completion -n =: || return
  answer=$(mailtool __complete -- "${words[@]:1:cword}" 2>/dev/null) || return
  # Where = breaks words, readline replaces only what stands behind it.
  local prefix=
  [[ $cur == --*=* && $COMP_WORDBREAKS == *=* ]] && prefix=${cur%%=*}=
  while IFS= read -r line; do
    case $line in
      :none) ;;
      :file) cur=${cur#"$prefix"}; _filedir ;;
      :dir) cur=${cur#"$prefix"}; _filedir -d ;;
      *) printf -v line %q "${line%%$'\t'*}"
         # A comma is quoted for the sake of braces, which are quoted themselves.
         [[ $line == \$\'* ]] || line=${line//'\,'/,}
         COMPREPLY+=("${line#"$prefix"}")
         [[ $line == *[:/] ]] && compopt -o nospace ;;
    esac
  done <<<"$answer"
  __ltrim_colon_completions "${cur#"$prefix"}"
}
complete -F _mailtool mailtool
