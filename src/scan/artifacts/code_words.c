#include "code_words.h"

static const char *const words[] = {
    "runtime.getruntime", "processbuilder", "javax.script", "scriptengine", "java.lang.reflect", "java.net.url", "javascript:",
    "<script", "${jndi:", "os.system", "os.popen", "subprocess", "__import__", "powershell", "cmd.exe", "/bin/sh", "/bin/bash",
    "rundll32", "curl http", "wget http",
};

static bool begins_fold(wr_slice s, const char *word)
{
    size_t k = 0;
    while (k < s.len && word[k] != '\0' && (s.at[k] >= 'A' && s.at[k] <= 'Z' ? s.at[k] + 32 : s.at[k]) == word[k])
        k++;
    return word[k] == '\0';
}

const char *wr_code_word(wr_slice text)
{
    for (size_t i = 0; i + 7 <= text.len; i++) {
        const char first = text.at[i] >= 'A' && text.at[i] <= 'Z' ? (char)(text.at[i] + 32) : text.at[i];
        for (size_t w = 0; w < sizeof words / sizeof words[0]; w++)
            if (words[w][0] == first && begins_fold(wr_slice_from(text, i), words[w]))
                return words[w];
    }
    return NULL;
}
