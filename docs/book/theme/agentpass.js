// Colours for contracts: a language for the highlight.js that mdBook brings along.
(() => {
    const keywords = {
        keyword:
            'edition use contract module param set let record label guarded tool tools on host job event flow ' +
            'challenge skill test limit require deny once when otherwise from as with within since ' +
            'because audit per in any each some has not and or is matches carrying then replay for ' +
            'call expect approved refused by returns fails after latest first calls sum of ' +
            'action resource amount reads sends fields records uses releases keeps tags trusted result runs ' +
            'source digest invokes version owner agents valid until ask separate binds shows expires single reusable ' +
            'at most above suspend warn carries',
        literal: 'true false null allow understood',
        type:
            'bool int decimal money duration timestamp times id string text folded list json email domain url path ' +
            'glob shell command',
    };
    const hole = { className: 'subst', begin: /\{/, end: /\}/ };
    hljs.registerLanguage('agentpass', () => ({
        keywords,
        contains: [
            { className: 'comment', begin: /\/\//, end: /$/ },
            { className: 'string', begin: /"/, end: /"/, illegal: /\n/, contains: [{ begin: /\\./ }, hole] },
            { className: 'string', begin: /`/, end: /`/, illegal: /\n/ },
            // A pattern stands behind `matches` and behind the type `id`; elsewhere a slash joins paths.
            { begin: /\b(matches|id)\s+(?=\/)/, keywords, starts: { className: 'regexp', end: /\/(?=[\s,)>]|$)/ } },
            { className: 'number', begin: /\$\d[\d_]*(\.\d+)?|\b\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-][\d:]+))?|\b\d\d:\d\d\b|\b\d[\d_]*(\.\d+)?(ms|s|m|h|d|w)?\b/ },
            // A word behind a dot, or before a colon, is somebody's own.
            { begin: /\.[A-Za-z_]\w*/ },
            { begin: /\b[A-Za-z_]\w*\??(?=:\s)/ },
        ],
    }));
    document.querySelectorAll('code.language-agentpass').forEach((block) => hljs.highlightBlock(block));
})();
