// colonnade completion: what a shell sources to complete the command.
#include <fmt/core.h>

#include <memory>

#include "pages/pages.hpp"
#include "verbs.hpp"

namespace colonnade {

Verb add_completion(CLI::App& app) {
  const auto name = std::make_shared<std::string>();
  std::vector<std::string> names;
  for (const Shell& shell : shells()) names.push_back(shell.name);
  CLI::App* verb = app.add_subcommand("completion",
                                      "Print a script that completes the command in a shell.\n\n"
                                      "An installed Colonnade has these scripts where the shells "
                                      "look for them.");
  verb->add_option("SHELL", *name, join(names, ", "))
      ->type_name(join(names, "|"))
      ->required()
      ->check(CLI::IsMember(names));
  verb->footer(
      "source <(colonnade completion bash)   # in ~/.bashrc\n"
      "source <(colonnade completion zsh)    # in ~/.zshrc, below compinit\n"
      "colonnade completion fish | source    # in ~/.config/fish/config.fish");
  return [name, &app] {
    for (const Shell& shell : shells()) {
      if (*name == shell.name) fmt::print("{}", shell.script(describe(app)));
    }
    return static_cast<int>(kFine);
  };
}

}  // namespace colonnade
