/* Fields of logs: days, hosts, names of columns, CSV cells. */
#include <ctype.h>
#include <stdlib.h>

#include "scan/discover/discover_in.h"

int64_t discover_day_of(int year, int month, int day)
{
    if (year < 1970 || year > 2999 || month < 1 || month > 12 || day < 1 || day > 31)
        return DISCOVER_NO_DAY;
    const int y = month <= 2 ? year - 1 : year, era = y / 400, yoe = y % 400;
    const int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1, doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return (int64_t)era * 146097 + doe - 719468;
}

static int number(wr_slice s, size_t *at)
{
    int n = 0;
    const size_t from = *at;
    while (*at < s.len && isdigit((unsigned char)s.at[*at]) && *at - from < 4)
        n = n * 10 + s.at[(*at)++] - '0';
    return *at == from ? -1 : n;
}

static int month_named(wr_slice s, size_t *at)
{
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    if (*at + 3 > s.len)
        return -1;
    for (int m = 0; m < 12; m++)
        if (wr_slice_eq_fold(wr_slice_part(s, *at, 3), wr_slice_make(months + 3 * m, 3))) {
            *at += 3;
            while (*at < s.len && isalpha((unsigned char)s.at[*at]))
                (*at)++;
            return m + 1;
        }
    return -1;
}

static void over_marks(wr_slice s, size_t *at)
{
    while (*at < s.len && strchr(" ,-/.", s.at[*at]) != NULL)
        (*at)++;
}

/* A time without a year is the latest one that is not in the future. */
static int64_t this_year(int month, int day, int64_t now)
{
    for (int year = (int)(1970 + now / 31556952) + 1; year > 1970; year--) {
        const int64_t d = discover_day_of(year, month, day);
        if (d != DISCOVER_NO_DAY && d <= now / 86400 + 1)
            return d;
    }
    return DISCOVER_NO_DAY;
}

int64_t discover_day(wr_slice s, int64_t now)
{
    s = wr_slice_trim(s);
    size_t at = 0, digits = 0;
    while (digits < s.len && isdigit((unsigned char)s.at[digits]))
        digits++;
    if (digits >= 9 && (digits == s.len || s.at[digits] == '.')) { /* seconds, milli- or microseconds */
        uint64_t n;
        if (digits > 19 || !wr_parse_u64(wr_slice_part(s, 0, digits), &n))
            return DISCOVER_NO_DAY;
        while (n > 40000000000u)
            n /= 1000;
        return (int64_t)(n / 86400);
    }
    int month = month_named(s, &at);
    if (month < 0 && digits == 0 && s.len > 5 && isalpha((unsigned char)s.at[0])) { /* "Wed, 25 Nov 2026" */
        at = wr_slice_find_char(s, ' ');
        over_marks(s, &at);
        month = month_named(s, &at);
    }
    if (month > 0) { /* "Nov 25 10:00:00", "Nov 25, 2026" */
        over_marks(s, &at);
        const int day = number(s, &at);
        const bool comma = at < s.len && s.at[at] == ',';
        over_marks(s, &at);
        const size_t from = at;
        const int year = number(s, &at);
        return (comma || at - from == 4) && year >= 1970 ? discover_day_of(year, month, day) : this_year(month, day, now);
    }
    const int a = number(s, &at);
    if (a < 0 || at >= s.len || strchr("-/. ", s.at[at]) == NULL)
        return DISCOVER_NO_DAY;
    over_marks(s, &at);
    if ((month = month_named(s, &at)) > 0) { /* 25/Nov/2026, 25-Nov-2026 */
        over_marks(s, &at);
        return discover_day_of(number(s, &at), month, a);
    }
    const int b = number(s, &at);
    over_marks(s, &at);
    const int c = number(s, &at);
    if (a > 31)
        return discover_day_of(a, b, c);
    if (c < 1970 || (a <= 12 && b <= 12 && a != b))
        return DISCOVER_NO_DAY; /* nobody knows which is the month */
    return a > 12 ? discover_day_of(c, b, a) : discover_day_of(c, a, b);
}

wr_slice discover_host(wr_slice s)
{
    s = wr_slice_trim(s);
    const size_t scheme = wr_slice_find(s, WR_SLICE("://"));
    if (scheme < s.len)
        s = wr_slice_from(s, scheme + 3);
    size_t end = 0;
    while (end < s.len && strchr("/?#", s.at[end]) == NULL)
        end++;
    s.len = end;
    const char *at = s.len ? memrchr(s.at, '@', s.len) : NULL;
    if (at != NULL)
        s = wr_slice_from(s, (size_t)(at - s.at) + 1);
    return wr_slice_part(s, 0, wr_slice_find_char(s, ':'));
}

uint64_t discover_number(wr_slice s)
{
    uint64_t n;
    s = wr_slice_trim(s);
    return s.len <= 19 && wr_parse_u64(s, &n) && n < (uint64_t)1 << 53 ? n : 0;
}

/* Names are compared without case, spaces, '_', '-', '.' and ':'. The first of a role that a record has is taken. */
static const struct { column role; const char *names; } roles[] = {
    { COL_HOST, "query queryname qname urlfilename domain domainname dnsquery dnsquestionname dnsrrname dnsqueriesrrname rrname qh servername sni "
                "tlsclientservername tlssni tlsservername dsthost dhost destinationhost destinationhostname destinationdomain dstdomain dstname "
                "requesthost targethost cshost httphost httphostname host hostname fqdn urldomain serverdomain url uri requesturl "
                "destinationurl remoteurl csuri resource site website" },
    { COL_PERSON, "user username csusername srcuser sourceuser useremail userprincipalname upn actor actoremail email employee employeename principalid "
                  "principalobjectid principaldisplayname cardholder cardmember member mostgranularidentity identity samaccountname accountname "
                  "initiatingprocessaccountname installedby owner device devicename devicehostname computer computername hostname client clientip "
                  "clientipaddress clientname idorigh srcip srcaddr src sourceip source sourceaddress internalip cip ip mitarbeiter karteninhaber" },
    { COL_ADDRESS, "client clientip clientipaddress idorigh srcip srcaddr src sourceip sourceaddress internalip cip ip" },
    { COL_TIME, "ts timestamp datetime date dateutc transactiondate transactiontime posted posteddate postingdate eventtime eventdate created createddatetime "
                "starttime starteddate completeddate receivetime generatetime querytimestamp utctime time t day buchungsdatum buchungstag belegdatum "
                "datum fecha data dateopration dateoperation" },
    { COL_BYTES, "bytesout sentbyte sentbytes origbytes requestbodylen requestsize csbytes bytessent bytes totalbytes scbytes responsebodylen" },
    { COL_COUNT, "count hits requests queries querycount" },
    { COL_EXTENSION, "extensionid extension identifierid appid addonid id" },
    { COL_NAME, "extensionname name title" },
    { COL_SOFTWARE, "displayname software softwarename application applicationname product productname package packagename program name" },
    { COL_MERCHANT, "merchant merchantname merchantdescription vendor vendorname payee payeename counterparty counterpartyname beneficiary supplier "
                    "suppliername lieferant kreditor auftraggeberempfnger beguenstigterzahlungspflichtiger begnstigterzahlungspflichtiger "
                    "zahlungsempfnger empfnger namezahlungsbeteiligter namedeszahlungsempfngers leverancier naamtegenpartij fournisseur bnficiaire "
                    "proveedor beneficiario fornitore description memo" },
    { COL_APP, "appname app applicationname appdisplayname clientdisplayname displayname displaytext application" },
    { COL_SCOPES, "scope scopes permission permissions grantedscopes scopedata requestedservices" },
    { COL_CLIENT_ID, "clientid apiclientid appclientid oauthclientid applicationid appid clientobjectid" },
    { COL_MEMO, "memo memodescription description verwendungszweck buchungstext details transactiondetails narrative particulars purpose note notes "
                "reference bezeichnung betreff libell libelle libelll concepto descripcin descripcion omschrijving mededelingen descrizione causale "
                "expensedescription" },
    { COL_AMOUNT, "amount amountusd amounteur total price cost debit credit betrag umsatz umsatzohnesollhabenkz soll importe cargo montant dbit crdit "
                  "bedrag bedrageur importo valore paidout moneyout transactionamount originalamount grossamount" },
};

wr_slice discover_plain(wr_slice name, char to[64])
{
    size_t n = 0;
    for (size_t i = 0; i < name.len && n < 64; i++)
        if (isalnum((unsigned char)name.at[i]))
            to[n++] = (char)tolower((unsigned char)name.at[i]);
    return wr_slice_make(to, n);
}

int discover_rank(column role, wr_slice plain)
{
    wr_slice rest = { 0 }, word;
    for (size_t r = 0; r < sizeof roles / sizeof *roles; r++)
        if (roles[r].role == role)
            rest = wr_slice_of(roles[r].names);
    for (int at = 0; wr_slice_split(&rest, ' ', &word); at++)
        if (wr_slice_eq(word, plain))
            return at;
    return -1;
}

/* The best column of a role, `except` left out. */
static int best(column role, const wr_slice *plain, size_t count, int except)
{
    int found = -1, best_rank = 0;
    for (size_t i = 0; i < count; i++) {
        const int rank = (int)i == except ? -1 : discover_rank(role, plain[i]);
        if (rank >= 0 && (found < 0 || rank < best_rank)) {
            found = (int)i;
            best_rank = rank;
        }
    }
    return found;
}

bool discover_columns(const wr_slice *names, size_t count, log_state *s)
{
    char room[DISCOVER_COLUMNS_MOST][64];
    wr_slice plain[DISCOVER_COLUMNS_MOST];
    if (count > DISCOVER_COLUMNS_MOST)
        count = DISCOVER_COLUMNS_MOST;
    for (size_t i = 0; i < count; i++)
        plain[i] = discover_plain(names[i], room[i]);
    for (int r = 0; r < COLUMNS; r++)
        s->columns[r] = best((column)r, plain, count, -1);
    const int host = s->columns[COL_HOST];
    const bool query = host >= 0 && (wr_slice_starts(plain[host], "q") || wr_slice_starts(plain[host], "domain") || wr_slice_starts(plain[host], "dns"));
    static const char *const asked[] = { "url", "domain", "sni", "dst", "destination", "resource", "site" };
    bool address = false; /* of what was asked for, not of who asked or whose machine it is */
    for (size_t i = 0; host >= 0 && i < sizeof asked / sizeof *asked; i++)
        address |= wr_slice_find(plain[host], wr_slice_of(asked[i])) < plain[host].len;
    wr_log_kind kind;
    if (address && !query && s->columns[COL_TIME] >= 0 && s->columns[COL_SCOPES] < 0 && s->columns[COL_AMOUNT] < 0)
        kind = WR_LOG_WEB; /* a firewall names the application as well */
    else if (!discover_kind_of_columns(s->columns, query, &kind))
        return false;
    if (!s->kind_given)
        s->kind = kind;
    if (s->kind == WR_LOG_DNS || s->kind == WR_LOG_WEB) /* "hostname" is what was asked for, not who asked */
        s->columns[COL_PERSON] = best(COL_PERSON, plain, count, host);
    return true;
}

bool discover_cell(wr_arena *a, wr_slice *rest, char separator, bool *at_end, wr_slice *ret, bool *ret_bad)
{
    if (*at_end)
        return false;
    if (rest->len == 0 || rest->at[0] != '"') {
        const size_t end = wr_slice_find_char(*rest, separator);
        *ret = wr_slice_trim(wr_slice_part(*rest, 0, end));
        *at_end = end >= rest->len;
        *rest = wr_slice_from(*rest, end + 1);
        return true;
    }
    char *out = wr_arena_alloc(a, rest->len + 1);
    size_t n = 0, i = 1;
    for (; out != NULL && i < rest->len; i++) {
        if (rest->at[i] == '"' && (i + 1 >= rest->len || rest->at[i + 1] != '"'))
            break;
        i += rest->at[i] == '"';
        out[n++] = rest->at[i];
    }
    if (out == NULL || i >= rest->len) {
        *ret_bad = true;
        *at_end = true;
        return false;
    }
    *ret = wr_slice_make(out, n);
    wr_slice after = wr_slice_from(*rest, i + 1);
    const size_t end = wr_slice_find_char(after, separator);
    *at_end = end >= after.len;
    *rest = wr_slice_from(after, end + 1);
    return true;
}

bool discover_address(wr_slice w)
{
    size_t dots = 0, colons = 0, digits = 0;
    if (w.len < 3 || w.len > 45)
        return false;
    for (size_t i = 0; i < w.len; i++) {
        dots += w.at[i] == '.';
        colons += w.at[i] == ':';
        digits += isdigit((unsigned char)w.at[i]) != 0;
        if (!isxdigit((unsigned char)w.at[i]) && w.at[i] != '.' && w.at[i] != ':')
            return false;
    }
    return (dots == 3 && colons == 0 && digits + 3 == w.len && isdigit((unsigned char)w.at[0]) && w.at[w.len - 1] != '.') || (colons >= 2 && dots == 0);
}

int64_t discover_line_day(wr_slice line, int64_t now)
{
    wr_slice rest = line, word;
    if (wr_slice_starts(rest, "<")) /* a syslog's priority, and the version behind it */
        rest = wr_slice_from(rest, wr_slice_find_char(rest, '>') + 1);
    if (wr_slice_starts(rest, "[")) /* "[1764064800] unbound[7:0]", "[25/Nov/2026:10:00:00]" */
        rest = wr_slice_from(rest, 1);
    int64_t day = discover_day(wr_slice_part(rest, 0, wr_slice_find_char(rest, ']')), now);
    for (size_t i = 0, at = 0; i < 24 && day == DISCOVER_NO_DAY && at < rest.len; i++) {
        while (at < rest.len && strchr(" \t,;[(\"'", rest.at[at]) != NULL)
            at++;
        size_t end = at;
        while (end < rest.len && strchr(" \t,;\"'", rest.at[end]) == NULL)
            end++;
        word = wr_slice_part(rest, at, end - at);
        const bool marks = wr_slice_find_char(word, '-') < word.len || wr_slice_find_char(word, '/') < word.len || wr_slice_find_char(word, '.') < word.len;
        if (marks && !discover_address(word))
            day = discover_day(word, now);
        else if (word.len == 3 && isalpha((unsigned char)word.at[0])) /* "Nov 25 10:00:00" */
            day = discover_day(wr_slice_part(rest, at, 16), now);
        at = end;
    }
    return day;
}

bool discover_word(wr_slice *rest, wr_slice *ret)
{
    size_t i = 0;
    while (i < rest->len && (rest->at[i] == ' ' || rest->at[i] == '\t'))
        i++;
    size_t end = i;
    while (end < rest->len && rest->at[end] != ' ' && rest->at[end] != '\t')
        end++;
    *ret = wr_slice_part(*rest, i, end - i);
    *rest = wr_slice_from(*rest, end);
    return ret->len > 0;
}

bool discover_kind_of_columns(const int *c, bool query, wr_log_kind *ret)
{
    if (c[COL_APP] >= 0 && (c[COL_SCOPES] >= 0 || c[COL_CLIENT_ID] >= 0))
        *ret = WR_LOG_OAUTH;
    else if ((c[COL_MERCHANT] >= 0 && c[COL_SOFTWARE] < 0) || (c[COL_AMOUNT] >= 0 && (c[COL_MERCHANT] >= 0 || c[COL_MEMO] >= 0)))
        *ret = WR_LOG_EXPENSES;
    else if (c[COL_EXTENSION] >= 0 && c[COL_NAME] >= 0 && (c[COL_HOST] < 0 || c[COL_HOST] == c[COL_PERSON]))
        *ret = WR_LOG_EXTENSIONS;
    else if (c[COL_HOST] >= 0 && (c[COL_SOFTWARE] < 0 || query))
        *ret = query ? WR_LOG_DNS : WR_LOG_WEB;
    else if (c[COL_SOFTWARE] >= 0)
        *ret = WR_LOG_SOFTWARE;
    else
        return false;
    return true;
}

bool discover_record(log_state *s, const wr_slice *f)
{
    sighting seen = { .person = f[COL_PERSON].len > 0 ? f[COL_PERSON] : f[COL_ADDRESS], .bytes = discover_number(f[COL_BYTES]), .count = discover_number(f[COL_COUNT]),
                      .day = discover_day(f[COL_TIME], s->now) };
    switch (s->kind) {
    case WR_LOG_DNS:
    case WR_LOG_WEB:
        seen.what = discover_host(f[COL_HOST]);
        break;
    case WR_LOG_OAUTH:
        seen.by = WR_BY_APP;
        seen.what = f[COL_APP];
        seen.scopes = f[COL_SCOPES];
        break;
    case WR_LOG_EXTENSIONS:
        seen.by = WR_BY_EXTENSION;
        seen.what = f[COL_EXTENSION];
        seen.other = f[COL_NAME];
        break;
    case WR_LOG_EXPENSES:
        seen.by = WR_BY_MERCHANT;
        seen.what = f[COL_MERCHANT];
        seen.other = f[COL_MEMO]; /* "OPENAI IRELAND LTD", and what it was for beside it */
        break;
    default:
        seen.by = WR_BY_SOFTWARE;
        seen.what = f[COL_SOFTWARE];
    }
    if (seen.what.len == 0 && seen.other.len == 0)
        return false;
    discover_see(s, &seen);
    return true;
}
