#include "app/check_options.h"

#include <ctime>

#include "app/connect.h"
#include "app/quantity.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/mime/header.h"

namespace mailtool::app {
namespace {

// The number that an option gives, `otherwise` without it.
Result<std::uint32_t> number_of(const OptionValues& options, const char* name,
                                std::uint32_t most, std::uint32_t otherwise) {
  const auto text = options.get(name);
  if (!text) return otherwise;
  const auto number = parse_number(*text, most);
  if (number) return static_cast<std::uint32_t>(*number);
  return Error{ErrorKind::usage,
               "takes a number from 0 to " + std::to_string(most),
               std::string("--") + name};
}

}  // namespace

Result<mime::ParserLimits> limits_of(const OptionValues& options) {
  constexpr std::uint32_t kDeepest = 100'000;
  constexpr std::uint32_t kMostParts = 10'000'000;
  // Decoded texts of a header, which may be longer, have 32-bit offsets.
  constexpr std::uint64_t kLongestHeader = 1ull << 30;
  mime::ParserLimits limits;
  auto depth = number_of(options, "max-depth", kDeepest, limits.depth);
  if (!depth) return std::move(depth).error();
  limits.depth = *depth;
  auto parts = number_of(options, "max-parts", kMostParts, limits.parts);
  if (!parts) return std::move(parts).error();
  limits.parts = *parts;
  if (const auto text = options.get("max-header")) {
    auto size = parse_size(*text);
    if (!size) return std::move(size).error();
    if (*size > kLongestHeader) {
      return Error{ErrorKind::usage, "takes a size of at most 1G",
                   "--max-header"};
    }
    limits.header_octets = *size;
  }
  return limits;
}

Result<void> check_selection(const OptionValues& options) {
  for (const auto& name : options.all("header")) {
    if (mime::is_field_name(name)) continue;
    return Error{ErrorKind::usage,
                 "\"" + printable(name) + "\" is no name of a header field",
                 "--header"};
  }
  if (options.has("part") && options.get_or("part", "").empty()) {
    return Error{ErrorKind::usage, "takes the number of a part, such as 2.1",
                 "--part"};
  }
  return {};
}

Result<void> add_check_options(const Invocation& invocation, DumpOptions& dump) {
  const auto& options = invocation.options;
  const bool tree_or_json =
      dump.form == DumpForm::tree || dump.form == DumpForm::json;
  dump.views = options.has("views");
  if (dump.views && !tree_or_json && dump.form != DumpForm::extract) {
    return Error{ErrorKind::usage, "goes with --tree, --json or --extract",
                 "--views"};
  }
  if (!options.has("verify")) return {};
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
