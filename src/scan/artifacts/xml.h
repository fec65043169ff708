/* xml.h - an XML document, element by element, through expat. Nothing outside the document is ever opened, and no entity
 * is expanded in text. What is wrong with any XML that a model is written in is reported here: external entities, entities
 * that expand without measure, XInclude, style sheets that run, script elements, and XML that is not well-formed.
 *
 * Borrows  the part; names and texts live until the handler returns.
 * Bounds   XML_DEPTH_MOST elements in elements, XML_ENTITIES_MOST entities, XML_REFERENCES_MOST places that use
 *          one, XML_EXPANDED_MOST bytes out of one; memory that of the worker.
 * Fails    the part is then unread from the byte on that is named.
 * Threads  no state. */
#ifndef WR_XML_H
#define WR_XML_H

#include "exam.h"

#define XML_HEAD_MOST 65536u
#define XML_DEPTH_MOST 100000u
#define XML_ENTITIES_MOST 1024u
#define XML_REFERENCES_MOST 500000u
#define XML_EXPANDED_MOST ((uint64_t)1 << 20)

/* depth of the root: 0 */
typedef struct { wr_slice space, name; uint64_t at; uint32_t depth; const char *const *attributes; } wr_xml_element;
wr_slice wr_xml_attribute(const wr_xml_element *e, const char *name); /* without a namespace; empty where there is none */

typedef struct {
    wr_rule_id external;                                        /* the rule for an external entity or document type */
    void (*open)(void *ctx, const wr_xml_element *e);
    void (*close)(void *ctx, wr_slice name, uint64_t at, uint32_t depth);
    void (*text)(void *ctx, wr_slice text, uint64_t at, uint32_t depth); /* may be NULL; comes in pieces */
} wr_xml_reader;

/* False where it was not read to its end, which is said. */
bool wr_xml_read(wr_exam *x, const wr_part *p, const wr_xml_reader *r, void *ctx);
/* The exam of a file that is a model in XML, and the part that is the whole file. False where memory is out. */
WR_MUST_USE bool wr_xml_begin(wr_look *l, const wr_file *f, wr_asset *model, const char *format, wr_exam **ret_exam,
                              const wr_part **ret_part);

/* The local name and the tag of the root element, whatever stands in front of it. UTF-8 is looked through in place; of UTF-16
 * the first XML_HEAD_MOST characters, which are put into `space`. */
typedef struct { wr_slice name, tag; char space[XML_HEAD_MOST]; } wr_xml_head;
bool wr_xml_root(wr_slice bytes, wr_xml_head *ret);

#endif
