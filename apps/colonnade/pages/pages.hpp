// Everything that's written from a description of the command line.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "pages/description.hpp"

namespace colonnade {

/// What --help prints, in lines of at most 80 columns.
std::string help_page(const CommandDescription& command);

/// One manual page (man(7) macros) of the whole command, or of one verb and all below it.
/// `date` is YYYY-MM-DD.
std::string man_page(const CommandDescription& command, std::string_view version,
                     std::string_view date);

/// Scripts that complete verbs, options, their values, and files by their extensions.
std::string bash_completion(const CommandDescription& root);
std::string zsh_completion(const CommandDescription& root);
std::string fish_completion(const CommandDescription& root);

struct Shell {
  const char* name;
  const char* file;  ///< Below /usr/share, where the shell looks for it.
  std::string (*script)(const CommandDescription& root);
};
std::span<const Shell> shells();

}  // namespace colonnade
