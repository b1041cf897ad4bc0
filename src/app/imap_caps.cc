// mailtool imap caps: what the server can do, and what that means here.

#include <array>
#include <utility>

#include "app/imap_session.h"
#include "app/imap_verbs.h"
#include "app/json.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using imap::Capabilities;

// What mailtool does well with a capability, and otherwise without.
struct Feature {
  std::string_view name;
  /// Any of these makes it fast, separated by blanks.
  std::string_view fast_with;
  /// Any of these lets it be done more slowly; "" where nothing is needed for
  /// that, "-" where it cannot be done without.
  std::string_view slow_with;
  std::string_view otherwise;  ///< how it is done when slow, or why it is not
};

constexpr std::array<Feature, 17> kFeatures{{
    {"folder-counts", "LIST-STATUS IMAP4REV2", "",
     "a STATUS a folder, all in one flight"},
    {"folder-roles", "SPECIAL-USE IMAP4REV2 XLIST", "",
     "by the folders' names"},
    {"create-role", "CREATE-SPECIAL-USE", "-", "folder create --role"},
    {"search", "ESEARCH IMAP4REV2", "", "all numbers are sent, not ranges"},
    {"search-and-change", "SEARCHRES IMAP4REV2", "",
     "the UIDs go back to the server"},
    {"older-newer", "WITHIN", "", "by the day, then by the dates"},
    {"sort", "SORT", "", "sorted here, by what is fetched of all found"},
    {"thread", "THREAD=REFS", "", "made here, of header fields of all"},
    {"thread-by-subject", "THREAD=REFERENCES", "",
     "made here, of header fields of all"},
    {"move", "MOVE IMAP4REV2", "UIDPLUS", "copied, then expunged"},
    {"delete-permanent", "UIDPLUS IMAP4REV2", "-",
     "only marked, with --allow-marked"},
    {"append-many", "MULTIAPPEND", "", "one APPEND a message"},
    {"append-at-once", "LITERAL+", "",
     "large messages wait for the server's consent"},
    {"watch", "IDLE IMAP4REV2", "", "asks again and again"},
    {"only-what-changed", "QRESYNC CONDSTORE", "", "all flags are compared"},
    {"quota", "QUOTA", "-", "not told"},
    {"compress", "COMPRESS=DEFLATE", "-", "all is sent as it is"},
}};

std::string any_of(const Capabilities& offered, std::string_view names) {
  while (!names.empty()) {
    const auto name = names.substr(0, names.find(' '));
    if (offered.has(name)) return std::string(name);
    names.remove_prefix(std::min(name.size() + 1, names.size()));
  }
  return "";
}

// One row of the report: KIND NAME VALUE NOTE.
struct Row {
  std::string kind, name, value, note;
};

Row row_of(const Feature& feature, const Capabilities& offered) {
  const std::string name(feature.name);
  if (auto by = any_of(offered, feature.fast_with); !by.empty()) {
    return {"feature", name, "fast", std::move(by)};
  }
  const bool slow =
      feature.slow_with.empty() || !any_of(offered, feature.slow_with).empty();
  return {"feature", name, slow ? "slow" : "unavailable",
          std::string(feature.otherwise)};
}

class Report {
 public:
  Report(const Invocation& invocation, Output& out)
      : invocation_(invocation), out_(out) {}

  Result<void> server(const std::vector<client::ServerIdField>& fields) {
    for (const auto& field : fields) {
      auto wrote = write({"server", field.name, field.value, ""});
      if (!wrote) return wrote;
    }
    return {};
  }

  Result<void> capabilities(const Capabilities& before,
                            const Capabilities& after) {
    for (const auto& name : after.names()) {
      auto wrote = capability(name, before.has(name), true);
      if (!wrote) return wrote;
    }
    for (const auto& name : before.names()) {
      if (after.has(name)) continue;
      if (auto wrote = capability(name, true, false); !wrote) return wrote;
    }
    return {};
  }

  Result<void> quirks(const client::ImapQuirks& quirks) {
    if (quirks.id_before_select) {
      auto wrote = write({"quirk", "id-before-select", "", ""});
      if (!wrote) return wrote;
    }
    if (quirks.no_initial_response) {
      return write({"quirk", "no-initial-response", "", ""});
    }
    return {};
  }

  Result<void> limits(const Capabilities& offered) {
    for (const std::string_view name : {"APPENDLIMIT", "MESSAGELIMIT"}) {
      const auto limit = offered.limit(name);
      if (!limit) continue;
      auto wrote = write({"limit", std::string(name), std::to_string(*limit), ""});
      if (!wrote) return wrote;
    }
    return {};
  }

  Result<void> features(const Capabilities& offered) {
    for (const auto& feature : kFeatures) {
      if (auto wrote = write(row_of(feature, offered)); !wrote) return wrote;
    }
    return {};
  }

 private:
  Result<void> capability(const std::string& name, bool before, bool after) {
    if (!invocation_.json()) {
      return write({"capability", name, "",
                    before && after ? "" : before ? "before login" : "logged in"});
    }
    JsonWriter json(out_);
    json.begin_object().field("type", "capability").field("name", name);
    json.field("before_login", before).field("after_login", after);
    return json.end_object().end_line();
  }

  Result<void> write(const Row& row) {
    if (invocation_.json()) {
      JsonWriter json(out_);
      json.begin_object().field("type", row.kind).field("name", row.name);
      if (row.kind == "feature") {
        json.field("speed", row.value).field("note", row.note);
      } else if (row.kind != "quirk") {
        json.field("value", row.value);
      }
      return json.end_object().end_line();
    }
    auto line = row.kind + "\t" + printable(row.name, 200);
    if (!row.value.empty()) line += "\t" + printable(row.value, 1000);
    if (!row.note.empty()) line += "\t" + row.note;
    return out_.write(line + "\n");
  }

  const Invocation& invocation_;
  Output& out_;
};

}  // namespace

Result<ExitStatus> imap_caps(const Invocation& invocation, const Words&,
                             Output& out) {
  auto session = ImapSession::start(invocation);
  if (!session) return std::move(session).error();
  auto& client = (*session)->client();
  auto known = client.capabilities();
  if (!known) return (*session)->at_server(std::move(known).error());
  const Capabilities offered = **known;
  auto fields = client.server_id();
  if (!fields) return (*session)->at_server(std::move(fields).error());
  Report report(invocation, out);
  auto wrote = report.server(*fields);
  if (wrote) {
    wrote = report.capabilities((*session)->before_login(), offered);
  }
  if (wrote) wrote = report.quirks(client.quirks());
  if (wrote) wrote = report.limits(offered);
  if (wrote) wrote = report.features(offered);
  if (wrote) wrote = write_summary(invocation, out, ExitStatus::ok);
  if (!wrote) return wrote.error();
  return ExitStatus::ok;
}

}  // namespace mailtool::app
