/// \file
/// MessageDump: message after message into the form that `parse` was asked for.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/json.h"
#include "app/header_lines.h"
#include "app/parse_extract.h"
#include "app/parse_input.h"
#include "app/parse_tree.h"
#include "app/parse_verify.h"
#include "app/parse_views.h"
#include "app/parsed_message.h"
#include "app/part_walk.h"
#include "app/report_walk.h"
#include "app/resolver_keys.h"
#include "mailtool/mime/header_check.h"
#include "mailtool/mime/parser.h"

namespace mailtool::app {

enum class DumpForm : std::uint8_t {
  tree, json, headers, header, text, html, part, extract, count
};

/// What --verify needs.
struct VerifyOptions {
  net::ResolverOptions resolver;
  std::string ca_file;   ///< of --tls-ca; empty: the system's store
  std::int64_t now = 0;  ///< seconds since 1970
};

/// What the command line asks for; outlives the dumps, which share it.
struct DumpOptions {
  DumpForm form = DumpForm::tree;
  mime::ParserLimits limits;
  std::vector<std::string> headers;  ///< of DumpForm::header
  std::string part;                  ///< of DumpForm::part
  bool raw = false;                  ///< of DumpForm::part: not decoded
  std::string folder;                ///< of DumpForm::extract
  bool json_files = false;           ///< of DumpForm::extract: tell in JSON
  bool strict = false;               ///< defects are looked for in every form
  bool dry_run = false;
  bool views = false;  ///< of tree, JSON and extract: as other readers see it
  std::optional<VerifyOptions> verify;
  bool verify_alone = false;  ///< of DumpForm::tree: there is no tree
  bool to_terminal = false;  ///< what could act on a terminal is made printable
  TreeStyle style;           ///< of DumpForm::tree

  /// The form needs the octets of bodies again, after the whole message.
  [[nodiscard]] bool needs_body() const;
  /// The form needs nothing behind the header.
  [[nodiscard]] bool needs_header_alone() const;
  /// An empty line goes between the messages of the form.
  [[nodiscard]] bool separates_messages() const;
};

/// What --strict says in the end.
struct DefectsSeen {
  std::uint64_t count = 0;  ///< above a remark
  std::optional<mime::DefectRule> first;
  std::string source;  ///< of the first

  void add(const ParsedMessage& message);
  /// Those of a dump whose messages stand behind.
  void add(const DefectsSeen& later);
  /// "x.eml: defects were found: no-parts and 3 more". \pre count > 0
  [[nodiscard]] Error to_error() const;
};

/// One for each thread; dumps of several threads write to different sinks.
class MessageDump : public MessageConsumer {
 public:
  /// `folder` is that of DumpForm::extract, opened for a dry run where that is
  /// one, else null. All outlive the dump.
  MessageDump(const DumpOptions& options, ExtractFolder* folder, Sink& out);

  void begin_message(const MessagePlace& place) override;
  bool octets(std::string_view part) override;
  Result<void> end_message(const RandomAccess* input) override;

  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// A message with a defect was seen: only with `strict`, or a form that
  /// looks for defects.
  [[nodiscard]] bool defective() const { return defects_.count > 0; }
  [[nodiscard]] const DefectsSeen& defects() const { return defects_; }

 private:
  Result<void> write(const ParsedMessage& message);
  Result<void> write_header_lines(const ParsedMessage& message);
  Result<void> write_json_line(const ParsedMessage& message,
                               const std::vector<PartRow>& rows);
  Result<void> write_part(const ParsedMessage& message,
                          const std::vector<PartRow>& rows);
  Result<void> write_files(const ParsedMessage& message,
                           const std::vector<PartRow>& rows);

  // In message_checks.cc.
  void begin_checks(const MessagePlace& place);
  Result<void> verify(mime::Structure& structure, const RandomAccess* input);
  Result<void> write_tree_form(const ParsedMessage& message,
                               const std::vector<PartRow>& rows);
  Result<void> write_view(const ViewGroup& group, const RandomAccess* input);
  Result<void> write_views_files(const std::vector<ViewGroup>& groups,
                                 const std::vector<PartRow>& rows,
                                 KnownContent& known,
                                 const RandomAccess* input,
                                 ExtractReport& report);

  const DumpOptions& options_;
  ExtractFolder* folder_;
  Sink& out_;
  JsonWriter json_;
  HeaderLines header_lines_;
  PartWalk walk_;
  ReportWalk reports_;  // before walk_
  mime::HeaderCheck header_check_;
  mime::Parser parser_;
  std::optional<Views> views_;
  std::optional<ResolverKeys> keys_;
  std::optional<MessageVerifier> verifier_;
  std::optional<Verification> verification_;
  MessagePlace place_;
  std::uint64_t count_ = 0;
  DefectsSeen defects_;
};

}  // namespace mailtool::app
