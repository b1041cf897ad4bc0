#include "app/check_options.h"

#include <ctime>

#include "app/connect.h"

namespace mailtool::app {

Result<void> add_check_options(const Invocation& invocation, DumpOptions& dump) {
  const auto& options = invocation.options;
  const bool tree_or_json =
      dump.form == DumpForm::tree || dump.form == DumpForm::json;
  dump.views = options.has("views");
  if (dump.views && !tree_or_json && dump.form != DumpForm::extract) {
    return Error{ErrorKind::usage, "goes with --tree, --json or --extract",
                 "--views"};
  }
  if (!options.has("verify")) {
    for (const auto* const needs : {"dns-server", "tls-ca"}) {
      if (!options.has(needs)) continue;
      return Error{ErrorKind::usage, "goes with --verify",
                   std::string("--") + needs};
    }
    return {};
  }
  if (!tree_or_json) {
    return Error{ErrorKind::usage, "goes alone, or with --tree or --json",
                 "--verify"};
  }
  auto resolver = lookup_options(options);
  if (!resolver) return std::move(resolver).error();
  VerifyOptions verify;
  verify.resolver = std::move(*resolver);
  verify.ca_file = options.get("tls-ca").value_or("");
  verify.now = std::time(nullptr);
  dump.verify = std::move(verify);
  dump.verify_alone = dump.form == DumpForm::tree && !options.has("tree");
  return {};
}

}  // namespace mailtool::app
