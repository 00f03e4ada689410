// colonnade pages: what an installation has beside the command. For packagers, so it's hidden.
#include <filesystem>
#include <memory>

#include "base/file.hpp"
#include "pages/pages.hpp"
#include "verbs.hpp"

namespace colonnade {
namespace {

struct PagesOptions {
  std::string folder, date;
};

int write_pages(const PagesOptions& options, const CommandDescription& root) {
  const auto write = [&](const std::string& name, const std::string& text) {
    const std::filesystem::path path = std::filesystem::path(options.folder) / name;
    make_folder(path.parent_path().string());
    write_file(path.string(), text);
  };
  const auto write_man_page = [&](const CommandDescription& command) {
    write("man/man1/" + join(command.path, "-") + ".1",
          man_page(command, COLONNADE_VERSION, options.date));
  };
  write_man_page(root);
  for (const CommandDescription& verb : root.commands) write_man_page(verb);
  for (const Shell& shell : shells()) write(shell.file, shell.script(root));
  return kFine;
}

}  // namespace

Verb add_pages(CLI::App& app) {
  const auto options = std::make_shared<PagesOptions>();
  CLI::App* verb = app.add_subcommand("pages", "Write manual pages and completions.")->group("");
  verb->add_option("-o,--output", options->folder, "Folder, laid out as /usr/share is")
      ->type_name("DIR")
      ->required();
  verb->add_option("--date", options->date, "Of the manual pages")
      ->type_name("YYYY-MM-DD")
      ->required();
  return [options, &app] { return write_pages(*options, describe(app)); };
}

}  // namespace colonnade
