#include "serve/imap_store_run.h"

#include <string>

#include "mailtool/base/ascii.h"
#include "serve/imap_modifiers.h"

namespace mailtool::serve {

// store           = "STORE" SP set [store-modifiers] SP store-att-flags
// store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / …)
std::optional<StoreRun> parse_store(imap::Value value, imap::Value& flags) {
  StoreRun run;
  if (value.is_list()) {
    run.unchanged_since = parse_unchanged_since(value);
    if (!run.unchanged_since) return std::nullopt;
    value = value.next();
  }
  auto word = upper(value.text());
  run.silent = word.ends_with(".SILENT");
  if (run.silent) word.resize(word.size() - 7);
  if (word == "+FLAGS") {
    run.kind = StoreKind::add;
  } else if (word == "-FLAGS") {
    run.kind = StoreKind::remove;
  } else if (word != "FLAGS") {
    return std::nullopt;
  }
  flags = value.next();
  if (flags.absent()) return std::nullopt;
  return run;
}

}  // namespace mailtool::serve
