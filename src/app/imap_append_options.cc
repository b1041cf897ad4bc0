#include "app/imap_append_options.h"

#include <ctime>
#include <utility>

#include "app/imap_flag_name.h"
#include "app/imap_folder_name.h"
#include "app/moment.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {

Result<AppendOptions> append_options(const Invocation& invocation,
                                     const Words& words) {
  AppendOptions options;
  options.folder = words[0];
  if (auto legal = check_folder_names({words[0]}); !legal) {
    return std::move(legal).error();
  }
  for (const auto& word : invocation.options.all("flag")) {
    auto flag = flag_name(word, "");
    if (!flag) {
      return std::move(flag).error().at("--flag " + printable(word, 100));
    }
    options.flags.push_back(*std::move(flag));
  }
  if (const auto text = invocation.options.get("date")) {
    // A time of a day to come is no date of arrival.
    auto moment =
        text->find('-') == text->npos
            ? Result<std::int64_t>(
                  Error{ErrorKind::usage, "not a date, as 2026-11-21T08:30"})
            : parse_moment(*text, std::time(nullptr));
    if (!moment) {
      return std::move(moment).error().at("--date " + printable(*text, 60));
    }
    options.date = *moment;
  }
  return options;
}

}  // namespace mailtool::app
