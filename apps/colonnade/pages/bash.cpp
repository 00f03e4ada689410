#include "pages/pages.hpp"

namespace colonnade {
namespace {

// The walk over the words is the same for every command line; the three tables before it are made.
constexpr const char* kWalk = R"(
# Adds the words that begin as the current one does.
_colonnade_words() {
  mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W "$*" -- "$current")
}

# Adds the folders, and the files of the extensions given, that begin as the current word does.
_colonnade_files() {
  local extension
  compopt -o filenames 2>/dev/null
  mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(
    compgen -d -- "$current"
    for extension; do compgen -f -X "!*.$extension" -- "$current"; done
  )
}

# NAME=VALUE: completes the value once there is an '='.
_colonnade_after_equals() {
  [[ $current == *=* ]] || return
  prefix=${current%%=*}=
  current=${current#*=}
  "$@"
}

_colonnade() {
  # Bash splits words at '='; one that it split is one again here.
  local -a words=() values=()
  local word previous='' i
  for ((i = 1; i <= COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    if [[ ${#words[@]} -gt 0 && ($word == '=' || $previous == '=') ]]; then
      words[${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    previous=$word
  done

  # What the words before the current one lead to: a verb, an open option, so many arguments.
  local verb='' option='' position=1 takes='' verbs='' options='' prefix=''
  for word in "${words[@]:0:${#words[@]}-1}"; do
    _colonnade_verb "$verb"
    if [[ $word == -* ]]; then
      _colonnade_option "$verb" "$word"
      [[ $takes == one || $takes == many ]] && option=$word || option=''
    elif [[ $option ]]; then
      _colonnade_option "$verb" "$option"
      [[ $takes == many ]] || option=''
    elif [[ " $verbs " == *" $word "* ]]; then
      verb=${verb:+$verb }$word
    else
      ((++position))
    fi
  done

  local current=${words[${#words[@]}-1]}
  COMPREPLY=()
  _colonnade_verb "$verb"
  if [[ $current == --*=* ]]; then
    _colonnade_option "$verb" "${current%%=*}"
    prefix=${current%%=*}=
    current=${current#*=}
  elif [[ $current == -* ]]; then
    values=(_colonnade_words $options)
  elif [[ $option ]]; then
    _colonnade_option "$verb" "$option"
  elif [[ $verbs ]]; then
    values=(_colonnade_words $verbs)
  else
    _colonnade_argument "$verb" "$position"
  fi
  "${values[@]}"
  # Where '=' doesn't split words, readline replaces what stands before it, too.
  [[ $COMP_WORDBREAKS == *=* ]] || COMPREPLY=("${COMPREPLY[@]/#/$prefix}")
}

complete -F _colonnade colonnade
)";

/// The call that completes a value; ':' does nothing, for free text.
std::string call(const ValueDescription& value) {
  std::string out;
  if (!value.choices.empty()) {
    out = "_colonnade_words " + join(value.choices, " ");
  } else if (value.folders || !value.extensions.empty()) {
    out = "_colonnade_files";
    for (const std::string& extension : value.extensions) out += " " + extension;
  } else {
    return ":";
  }
  return value.after_equals ? "_colonnade_after_equals " + out : out;
}

struct Tables {
  std::string verbs, options, arguments;
};

void add(const CommandDescription& command, Tables& tables) {
  std::vector<std::string> verbs, names;
  for (const CommandDescription& verb : command.commands) verbs.push_back(verb.path.back());
  const std::string verb = command.verbs();
  for (const OptionDescription& option : command.options) {
    names.insert(names.end(), option.names.begin(), option.names.end());
    if (option.takes == OptionDescription::Takes::nothing) continue;
    static constexpr const char* kTakes[] = {"nothing", "inline", "one", "many"};
    std::vector<std::string> patterns;
    for (const std::string& name : option.names) patterns.push_back("'" + verb + " " + name + "'");
    tables.options += "    " + join(patterns, "|") +
                      ") takes=" + kTakes[static_cast<std::size_t>(option.takes)] + " values=(" +
                      call(option.value) + ") ;;\n";
  }
  tables.verbs += "    '" + verb + "') verbs='" + join(verbs, " ") + "' options='" +
                  join(names, " ") + "' ;;\n";
  for (std::size_t i = 0; i < command.arguments.size(); ++i) {
    const OptionDescription& argument = command.arguments[i];
    const bool many = argument.takes == OptionDescription::Takes::many;
    tables.arguments += "    '" + verb + " '" + (many ? "*" : std::to_string(i + 1)) +
                        ") values=(" + call(argument.value) + ") ;;\n";
  }
  for (const CommandDescription& inner : command.commands) add(inner, tables);
}

std::string function(const std::string& comment, const std::string& name, const std::string& start,
                     const std::string& subject, const std::string& cases) {
  return "\n# " + comment + "\n" + name + "() {\n  " + start + "\n  case \"" + subject + "\" in\n" +
         cases + "  esac\n}\n";
}

}  // namespace

std::string bash_completion(const CommandDescription& root) {
  Tables tables;
  add(root, tables);
  return "# bash completion of the command colonnade, as `colonnade completion bash` prints it.\n" +
         function("The verbs below verb $1, and its options.", "_colonnade_verb",
                  "verbs='' options=''", "$1", tables.verbs) +
         function("How many values option $2 of verb $1 takes, and what completes them.",
                  "_colonnade_option", "takes=nothing values=(:)", "$1 $2", tables.options) +
         function("What completes argument $2, counted from 1, of verb $1.", "_colonnade_argument",
                  "values=(:)", "$1 $2", tables.arguments) +
         kWalk;
}

}  // namespace colonnade
