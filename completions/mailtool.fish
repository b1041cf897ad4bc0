# fish completion for mailtool; the program itself knows the candidates.

function __mailtool_complete
    set -l words (commandline -opc)[2..-1]
    set -l current (commandline -ct)
    set -l prefix (string match -r -- '^--[^=]*=' $current)
    for line in (mailtool __complete -- $words $current 2>/dev/null)
        switch $line
            case :none
            case :file
                printf "$prefix%s\n" (__fish_complete_path (string replace -- "$prefix" '' $current))
            case :dir
                printf "$prefix%s\n" (__fish_complete_directories (string replace -- "$prefix" '' $current) '')
            case '*'
                echo $line
        end
    end
end
complete -c mailtool -f -a '(__mailtool_complete)'
