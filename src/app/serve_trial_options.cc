#include "app/serve_trial_options.h"

#include <utility>

#include "app/quantity.h"
#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

Error none(std::string_view option) {
  return {ErrorKind::usage, "must be at least 1", "--" + std::string(option)};
}

Result<void> read_keeping(const OptionValues& options,
                          ServeTrialOptions& into) {
  if (const auto text = options.get("keep")) {
    into.keep = parse_number(*text);
    if (into.keep.value_or(0) == 0) return none("keep");
  }
  if (const auto text = options.get("max-age")) {
    auto age = parse_duration(*text);
    if (!age) return std::move(age).error().at("--max-age");
    if (age->count() == 0) return none("max-age");
    into.max_age = *age;
  }
  into.catch_all = options.has("catch-all");
  into.dialogues = options.get_or("dialogues", "");
  if (options.has("dialogues") && into.dialogues.empty()) {
    return Error{ErrorKind::usage, "names no folder", "--dialogues"};
  }
  return {};
}

}  // namespace

Result<ServeTrialOptions> ServeTrialOptions::read(const OptionValues& options) {
  ServeTrialOptions all;
  for (const auto& text : options.all("fail")) {
    auto rule = serve::parse_fault_rule(text);
    if (!rule) return std::move(rule).error().at("--fail");
    all.rules.push_back(*std::move(rule));
  }
  if (const auto text = options.get("delay")) {
    auto delay = serve::parse_delay(*text);
    if (!delay) return std::move(delay).error().at("--delay");
    all.delay = *delay;
  }
  if (const auto text = options.get("rate")) {
    auto rate = parse_size(*text);
    if (!rate) return std::move(rate).error().at("--rate");
    if (*rate == 0) return none("rate");
    all.rate = *rate;
  }
  if (auto read = read_keeping(options, all); !read) {
    return std::move(read).error();
  }
  return all;
}

}  // namespace mailtool::app
