/// \file
/// MessageView: a message as another reader would see it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/parsed_message.h"
#include "mailtool/mime/parser.h"

namespace mailtool::app {

/// A way to read, by a stable name.
struct ViewPolicy {
  std::string_view name;     ///< "last-duplicate"
  std::string_view meaning;  ///< what such a reader does, one clause
  mime::ParserPolicy parser = {};
  mime::DecodePolicy decode = {};
  bool bare_cr_ends_line = false;
};

/// All of them; the default is not among them.
[[nodiscard]] const std::vector<ViewPolicy>& view_policies();

/// Reads messages by one policy, with digests.
class MessageView {
 public:
  /// `policy` outlives the view.
  MessageView(const ViewPolicy& policy, const mime::ParserLimits& limits);
  ~MessageView();
  MessageView(MessageView&&) noexcept;

  void begin(const MessagePlace& place);
  void feed(std::string_view octets);
  void finish();

  [[nodiscard]] const ViewPolicy& policy() const { return *policy_; }
  /// What was read, valid until begin(). `input` is the same as for other
  /// views, and outlives the result; the view keeps what it must change of it.
  [[nodiscard]] ParsedMessage message(const RandomAccess* input);

 private:
  class CrAccess;

  const ViewPolicy* policy_;
  std::unique_ptr<PartWalk> walk_;
  std::unique_ptr<mime::Parser> parser_;
  mime::Structure* structure_ = nullptr;
  std::unique_ptr<CrAccess> access_;
  MessagePlace place_;
  std::string changed_;
  bool held_cr_ = false;
};

}  // namespace mailtool::app
